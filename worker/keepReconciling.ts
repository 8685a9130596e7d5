import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { World } from '../activities/world.ts';
import { takeTemporal } from '../orchestrator/ownTemporal.ts';

const pauseMilliseconds = 300_000;
const pauseAfterError = 10_000;

/** Sees to it, as long as the worker runs, that Temporal has the schedule that reconciles. */
export async function keepReconciling(
  { ledger: { db }, limits, log }: Pick<World, 'ledger' | 'limits' | 'log'>,
  client: Client,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    let pause = pauseMilliseconds;
    try {
      await takeTemporal(client, db, limits.reconcileSeconds);
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'cannot schedule reconciles now');
      pause = pauseAfterError;
    }
    await sleep(pause, undefined, { signal: stopped }).catch(() => {});
  }
}
