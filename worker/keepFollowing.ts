import { setTimeout as sleep } from 'node:timers/promises';
import { followPending } from '../activities/tracking/followLedger.ts';
import type { World } from '../activities/world.ts';

const pauseMilliseconds = 60_000;

/** Tries again, as long as the worker runs, what MLflow has not followed of the ledger; at once when it starts. */
export async function keepFollowing(world: World, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      await followPending(world);
    } catch (error) {
      world.log.warn({ error: error instanceof Error ? error.message : String(error) }, 'cannot follow the ledger now');
    }
    await sleep(pauseMilliseconds, undefined, { signal: stopped }).catch(() => {});
  }
}
