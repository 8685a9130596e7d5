import { setTimeout as sleep } from 'node:timers/promises';
import { errorOf } from '../../schemas/errors.ts';
import { workerQueue } from '../../schemas/queues.ts';
import type { OperationContext } from '../context.ts';
import { pollersOf } from '../watch/awaitWorker.ts';
import { type BackfillShown, shownBackfill } from './shown.ts';

const pollMilliseconds = 1000;
/** Whether a worker listens is asked only so often. */
const pollsPerLook = 20;

/**
 * Waits until nothing of a backfill runs any more, and tells where it stands.
 *
 * @throws ReignError Interrupted: that ends the waiting, not the backfill
 */
export async function followBackfill(
  {
    ledger,
    temporal,
    signal,
    onEvent,
    now,
  }: Pick<OperationContext, 'ledger' | 'temporal' | 'signal' | 'onEvent' | 'now'>,
  id: string,
): Promise<BackfillShown> {
  for (let polls = 0; ; polls++) {
    const shown = await shownBackfill(ledger.db, id, now());
    if (shown.endedAt !== null) return shown;
    if (signal.aborted) throw errorOf('Interrupted', 'workflowGoesOn', { workflow: id });
    onEvent({ kind: 'step', step: `backfill ${id}`, detail: progressOf(shown) });
    if (polls % pollsPerLook === pollsPerLook - 1 && (await nobodyListens(temporal)))
      onEvent({ kind: 'awaiting-worker', queue: workerQueue });
    await sleep(pollMilliseconds, undefined, { signal }).catch(() => {});
  }
}

/** A Temporal that does not answer now is waited for like everything else. */
async function nobodyListens(temporal: OperationContext['temporal']): Promise<boolean> {
  try {
    return (await pollersOf(await temporal(), workerQueue)) === 0;
  } catch {
    return false;
  }
}

/** `7 of 20 dates have ended, 2 are prepared, 1 is judged`. */
function progressOf({ status, dates, counts }: BackfillShown): string {
  const over = counts.ended + counts.failed;
  const parts = [
    `${over} of ${dates.length} dates have ended${counts.failed === 0 ? '' : ` (${counts.failed} failed)`}`,
    ...(counts.preparing === 0 ? [] : [`preparing ${counts.preparing}`]),
    ...(counts.waiting === 0 ? [] : [`${counts.waiting} waiting for their turn`]),
    ...(counts.judging === 0 ? [] : ['judging 1']),
    ...(status === 'running' ? [] : [status]),
  ];
  return parts.join(', ');
}
