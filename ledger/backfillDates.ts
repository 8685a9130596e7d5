import { type Kysely, sql } from 'kysely';
import type { BackfillDate, DateState } from '../schemas/backfill.ts';
import { settledStatuses } from '../schemas/cycle.ts';
import { lockBackfill } from './backfills.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';

/** The dates of a backfill in the order in which they are judged. */
export async function datesOf(db: Kysely<Database>, backfill: string): Promise<BackfillDate[]> {
  const rows = await db
    .selectFrom('backfill_dates as dates')
    .innerJoin('backfills', 'backfills.id', 'dates.backfill')
    .leftJoin('cycles', 'cycles.id', 'dates.cycle')
    .select(['dates.number', 'dates.as_of', 'dates.cycle', 'dates.unbegun', 'cycles.status', 'cycles.verdict'])
    .select(['cycles.summary', 'cycles.started_at', 'cycles.ended_at'])
    // Postgres knows times to the microsecond, and this process only to the millisecond.
    .select(sql<boolean | null>`dates.prepared_at >= cycles.started_at`.as('prepared'))
    .select(sql<boolean | null>`dates.turn_at >= cycles.started_at`.as('hadTurn'))
    .select(sql<boolean | null>`cycles.ended_at < backfills.retried_at`.as('again'))
    .where('dates.backfill', '=', backfill)
    .orderBy('dates.number')
    .execute();
  let champion = await originAsOf(db, backfill);
  return rows.map((row) => {
    const asOf = instant(row.as_of);
    if (row.status === 'promoted') champion = asOf;
    const state = stateOf(row);
    return {
      ...{ number: row.number, asOf, cycle: row.cycle, state },
      ...{ status: row.status, verdict: row.verdict },
      champion: state === 'ended' || state === 'failed' ? champion : null,
      summary: row.unbegun ?? row.summary,
      startedAt: row.started_at,
      endedAt: row.ended_at,
    };
  });
}

function stateOf(row: {
  readonly unbegun: string | null;
  readonly status: BackfillDate['status'];
  readonly prepared: boolean | null;
  readonly hadTurn: boolean | null;
  readonly again: boolean | null;
}): DateState {
  const { status } = row;
  if (row.unbegun !== null) return 'failed';
  if (status === null) return 'due';
  if (settledStatuses.includes(status)) return 'ended';
  if (status === 'failed' || status === 'cancelled') return row.again === true ? 'due' : 'failed';
  if (row.prepared !== true) return 'preparing';
  return row.hadTurn === true ? 'judging' : 'waiting';
}

async function originAsOf(db: Kysely<Database>, backfill: string): Promise<string | null> {
  const row = await db
    .selectFrom('backfills')
    .innerJoin('versions', 'versions.id', 'backfills.origin')
    .innerJoin('cycles', 'cycles.id', 'versions.cycle')
    .select('cycles.as_of')
    .where('backfills.id', '=', backfill)
    .executeTakeFirst();
  return row === undefined ? null : instant(row.as_of);
}

/** Whose turn it is among the dates of a backfill. */
export type DateTurn =
  | { readonly kind: 'own' }
  /** An earlier date has not ended. */
  | { readonly kind: 'after'; readonly asOf: string }
  | { readonly kind: 'paused' }
  /** Nothing of the backfill goes on. */
  | { readonly kind: 'over'; readonly summary: string };

/**
 * Gives a prepared cycle its turn, if every date before it has ended: each champion is heir to the one before. One that
 * has had its turn keeps it.
 */
export async function claimDateTurn(db: Kysely<Database>, backfill: string, cycle: Attempt): Promise<DateTurn> {
  return await db.transaction().execute(async (transaction) => {
    // One after the other: a pause or a cancellation comes before, or after.
    const { status, summary } = await lockBackfill(transaction, backfill);
    await lockCycle(transaction, cycle);
    const dates = await datesOf(transaction, backfill);
    if (dates.find((date) => date.cycle === cycle.id)?.state === 'judging') return { kind: 'own' };
    if (status === 'paused') return { kind: 'paused' };
    if (status !== 'running') return { kind: 'over', summary: summary ?? `The backfill is ${status}.` };
    // An earlier date that is retried does not interrupt the one that is judged.
    const ahead =
      dates.find(({ state }) => state === 'judging') ??
      dates.find(({ state }) => state !== 'ended' && state !== 'failed');
    if (ahead !== undefined && ahead.cycle !== cycle.id) return { kind: 'after', asOf: ahead.asOf };
    await transaction
      .updateTable('backfill_dates')
      .set({ turn_at: sql`clock_timestamp()` })
      .where('cycle', '=', cycle.id)
      .execute();
    await transaction
      .updateTable('cycles')
      .set({ status: 'running', waits_for: null, summary: null })
      .where('id', '=', cycle.id)
      .execute();
    return { kind: 'own' };
  });
}

/**
 * Records that a cycle is prepared and waits for its turn.
 *
 * @returns whether that was new
 */
export async function notePrepared(db: Kysely<Database>, cycle: Attempt): Promise<boolean> {
  return await db.transaction().execute(async (transaction) => {
    const { status } = await lockCycle(transaction, cycle);
    if (status !== 'running' && status !== 'waiting') return false;
    const noted = await transaction
      .updateTable('backfill_dates')
      .set({ prepared_at: sql`clock_timestamp()`, turn_at: null })
      .from('cycles')
      .whereRef('cycles.id', '=', 'backfill_dates.cycle')
      .where('backfill_dates.cycle', '=', cycle.id)
      .where((eb) =>
        eb.or([
          eb('backfill_dates.prepared_at', 'is', null),
          eb('backfill_dates.prepared_at', '<', eb.ref('cycles.started_at')),
        ]),
      )
      .returning('number')
      .executeTakeFirst();
    if (noted === undefined) return false;
    await transaction
      .updateTable('cycles')
      .set({ status: 'waiting', waits_for: 'turn' })
      .where('id', '=', cycle.id)
      .execute();
    return true;
  });
}

/** Records why the cycle of a date could not begin: it does not hold up those after it. */
export async function noteUnbegun(db: Kysely<Database>, cycle: string, reason: string): Promise<void> {
  await db.updateTable('backfill_dates').set({ unbegun: reason }).where('cycle', '=', cycle).execute();
}

/** Whether a cycle is that of one of the backfill's dates. */
export async function isDateOf(db: Kysely<Database>, backfill: string, cycle: string): Promise<boolean> {
  const row = await db
    .selectFrom('backfill_dates')
    .select('number')
    .where('backfill', '=', backfill)
    .where('cycle', '=', cycle)
    .executeTakeFirst();
  return row !== undefined;
}
