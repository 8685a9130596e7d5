import type { Kysely } from 'kysely';
import { claimDateTurn, notePrepared } from '../ledger/backfillDates.ts';
import { attemptOfToken } from '../ledger/claimCycle.ts';
import type { Database } from '../ledger/database.ts';
import { explainWaiting } from '../ledger/turns.ts';
import { cycleId } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { RetrainRequest, Turn } from '../schemas/steps.ts';
import { wakeBackfill } from './wake.ts';

/** The cycle before wakes the next one, and the backfill does so too now and then. It may be paused for months. */
const lookAgainSeconds = 86_400;

/** Says whether a cycle of a backfill that is prepared may be judged. The backfill hears of it and begins another date. */
export async function takeTurnInBackfill(
  db: Kysely<Database>,
  request: RetrainRequest,
  attemptToken: string,
): Promise<Turn> {
  const id = cycleId(request);
  const attempt = await attemptOfToken(db, id, attemptToken);
  if (attempt === undefined) throw errorOf('CycleUnknown', 'none', { cycle: id });
  const cycle = { id, attempt };
  if (await notePrepared(db, cycle)) await wakeBackfill(request);
  const turn = await claimDateTurn(db, `${request.model}.${request.lineage}`, cycle);
  if (turn.kind === 'own') return turn;
  if (turn.kind === 'over') return { kind: 'cancelled', summary: turn.summary };
  const summary =
    turn.kind === 'paused'
      ? 'Waits until its backfill is resumed.'
      : `Waits until the cycle for ${turn.asOf} has ended.`;
  await explainWaiting(db, cycle, summary);
  return { kind: 'other', summary, lookAgain: lookAgainSeconds };
}
