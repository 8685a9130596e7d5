import type { Kysely } from 'kysely';
import { z } from 'zod';
import { datesOf } from '../../ledger/backfillDates.ts';
import { backfillById, planOf } from '../../ledger/backfills.ts';
import type { Database } from '../../ledger/database.ts';
import { Backfill, BackfillDate, BackfillPlan, dateStates } from '../../schemas/backfill.ts';
import { errorOf } from '../../schemas/errors.ts';
import { totalSeconds } from './planBackfill.ts';

/** A backfill with every date of it. */
export const BackfillShown = Backfill.extend({
  plan: BackfillPlan,
  /** Empty before it was started: see `plan.dates`. */
  dates: z.array(BackfillDate),
  /** How many dates stand where. */
  counts: z.record(z.enum(dateStates), z.int()),
  /** Until every date has ended; null where nothing is known to tell it by, or nothing is left. */
  remainingSeconds: z.number().nullable(),
});
export type BackfillShown = z.infer<typeof BackfillShown>;

/** @throws ReignError BackfillUnknown */
export async function shownBackfill(db: Kysely<Database>, id: string, now: Date): Promise<BackfillShown> {
  const backfill = await backfillById(db, id);
  if (backfill === undefined) throw errorOf('BackfillUnknown', 'none', { id: JSON.stringify(id.slice(0, 130)) });
  const dates = await datesOf(db, id);
  const plan = await planOf(db, id);
  const count = (state: BackfillDate['state']) => dates.filter((date) => date.state === state).length;
  const counts = Object.fromEntries(dateStates.map((state) => [state, count(state)])) as BackfillShown['counts'];
  return { ...backfill, plan, dates, counts, remainingSeconds: remaining(backfill, plan, dates, now) };
}

/** By what its own dates have taken; before one has ended, by what earlier cycles took. */
function remaining(
  { startedAt, endedAt, parallel }: Backfill,
  { cost }: BackfillPlan,
  dates: readonly BackfillDate[],
  now: Date,
): number | null {
  if (endedAt !== null || startedAt === null) return null;
  const over = dates.filter(({ state }) => state === 'ended' || state === 'failed');
  const left = dates.length - over.length;
  if (left === 0) return null;
  const begins = over.flatMap(({ startedAt: at }) => (at === null ? [] : [Date.parse(at)]));
  if (begins.length > 0) {
    // What was there before a retry began long ago: only from the first of those that have ended until now, per date.
    const took = (now.getTime() - Math.min(...begins)) / 1000;
    return Math.round((took / over.length) * left);
  }
  const { prepareSeconds, judgeSeconds } = cost;
  return prepareSeconds === null || judgeSeconds === null
    ? null
    : Math.round(totalSeconds(left, parallel, prepareSeconds, judgeSeconds));
}
