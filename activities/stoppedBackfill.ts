import type { Kysely } from 'kysely';
import { isDateOf } from '../ledger/backfillDates.ts';
import { backfillOfLineage } from '../ledger/backfills.ts';
import type { Database } from '../ledger/database.ts';
import { cycleId } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { RetrainRequest } from '../schemas/steps.ts';

/**
 * Why the cycle of a backfill does not begin; null where it does.
 *
 * @throws ReignError RequestForged where no backfill has such a cycle
 */
export async function stoppedBackfill(db: Kysely<Database>, request: RetrainRequest): Promise<string | null> {
  const backfill = await backfillOfLineage(db, request);
  const cycle = cycleId(request);
  if (backfill === undefined || !(await isDateOf(db, backfill.id, cycle)))
    throw errorOf('RequestForged', 'trigger', { cycle, trigger: request.trigger });
  const { status, summary } = backfill;
  return status === 'running' || status === 'paused' ? null : (summary ?? `The backfill is ${status}.`);
}
