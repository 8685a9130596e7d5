import type { Kysely } from 'kysely';
import { settledStatuses } from '../schemas/cycle.ts';
import { StepDurations } from '../schemas/progress.ts';
import type { Database } from './database.ts';

/** How long the last cycles of a model took that came to a judgement, the newest first. */
export async function pastDurations(db: Kysely<Database>, model: string, limit = 20): Promise<StepDurations[]> {
  const rows = await db
    .selectFrom('events')
    .innerJoin('cycles', 'cycles.id', 'events.cycle')
    .select('events.detail')
    .where('events.model', '=', model)
    .where('events.kind', '=', 'step-durations')
    .where('cycles.status', 'in', settledStatuses)
    .where('cycles.verdict', 'is not', null)
    .orderBy('events.id', 'desc')
    .limit(limit)
    .execute();
  return rows.flatMap(({ detail }) => {
    const steps = StepDurations.safeParse((detail as { steps?: unknown }).steps).data;
    return steps === undefined ? [] : [steps];
  });
}

/** How many rows cycles of a model read, by windows. */
export async function knownRows(
  db: Kysely<Database>,
  model: string,
): Promise<ReadonlyMap<string, { readonly train: number | null; readonly holdout: number | null }>> {
  const rows = await db
    .selectFrom('cycles')
    .select(['train_from', 'train_to', 'holdout_from', 'holdout_to', 'train_rows', 'holdout_rows'])
    .where('model', '=', model)
    .where('train_rows', 'is not', null)
    .orderBy('started_at')
    .execute();
  return new Map(
    rows.map((row) => [
      windowsKey(row.train_from, row.train_to, row.holdout_from, row.holdout_to),
      { train: row.train_rows, holdout: row.holdout_rows },
    ]),
  );
}

/** Names the windows of a cycle by their ends. */
export const windowsKey = (...ends: readonly (string | null)[]): string =>
  ends.map((end) => (end === null ? '' : new Date(end).toISOString())).join(' ');
