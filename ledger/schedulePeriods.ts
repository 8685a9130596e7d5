import { type Kysely, type Selectable, sql } from 'kysely';
import { Schedule } from '../schemas/schedule.ts';
import type { Database } from './database.ts';

/** By which schedule a model was retrained from when to when. */
export interface SchedulePeriod {
  readonly from: string;
  /** Null: until now. */
  readonly to: string | null;
  readonly schedule: Schedule;
  readonly paused: boolean;
  /** Who began it, and why where they said so. */
  readonly by: string;
  readonly reason: string | null;
}

/** What is in force from now on. */
export interface NextPeriod {
  readonly schedule: Schedule;
  readonly paused: boolean;
}

/**
 * Ends a model's period and begins the next one, at the same instant; null: it has no schedule any more.
 *
 * @param request what asked for it
 */
export async function changeSchedulePeriod(
  db: Kysely<Database>,
  model: string,
  next: NextPeriod | null,
  request: number,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // The times of one transaction are one time: no nominal time lies between two periods, or in both.
    await transaction
      .updateTable('schedule_periods')
      .set({ valid_to: sql`now()`, closed_by: request })
      .where('model', '=', model)
      .where('valid_to', 'is', null)
      .execute();
    if (next === null) return;
    await transaction
      .insertInto('schedule_periods')
      .values({
        ...{ model, valid_from: sql<string>`now()`, paused: next.paused, opened_by: request },
        spec: JSON.stringify(next.schedule),
        time_zone: next.schedule.timeZone,
      })
      .execute();
  });
}

/** Every period of a model, in order. */
export async function schedulePeriods(db: Kysely<Database>, model: string): Promise<SchedulePeriod[]> {
  const rows = await periods(db).where('schedule_periods.model', '=', model).orderBy('valid_from').execute();
  return rows.map(periodOf);
}

/** The period that is in force; undefined where the model has no schedule. */
export async function openPeriod(db: Kysely<Database>, model: string): Promise<SchedulePeriod | undefined> {
  const row = await periods(db)
    .where('schedule_periods.model', '=', model)
    .where('valid_to', 'is', null)
    .executeTakeFirst();
  return row && periodOf(row);
}

/** The period that a time lies in. */
export async function periodAt(db: Kysely<Database>, model: string, time: string): Promise<SchedulePeriod | undefined> {
  const row = await periods(db)
    .where('schedule_periods.model', '=', model)
    .where('valid_from', '<=', time)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', time)]))
    .executeTakeFirst();
  return row && periodOf(row);
}

const periods = (db: Kysely<Database>) =>
  db
    .selectFrom('schedule_periods')
    .innerJoin('requests', 'requests.id', 'schedule_periods.opened_by')
    .selectAll('schedule_periods')
    .select(['requests.actor', 'requests.reason']);

function periodOf(
  row: Selectable<Database['schedule_periods']> & { readonly actor: string; readonly reason: string | null },
): SchedulePeriod {
  const { valid_from: from, valid_to: to, spec, paused, actor: by, reason } = row;
  return { from, to, schedule: Schedule.parse(spec), paused, by, reason };
}
