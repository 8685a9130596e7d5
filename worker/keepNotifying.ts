import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../activities/world.ts';
import { noteNearDeadlines } from '../ledger/notifications.ts';
import { deliverDue } from '../notify/deliverDue.ts';
import { endpointNamed } from '../settings/notifications.ts';

const pauseMilliseconds = 5_000;
const pauseAfterError = 60_000;

/** Tells endpoints, as long as the worker runs, what the ledger has recorded for them. */
export async function keepNotifying(
  { ledger: { db }, log }: Pick<World, 'ledger' | 'log'>,
  env: NodeJS.ProcessEnv,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    let pause = pauseMilliseconds;
    try {
      await noteNearDeadlines(db);
      await deliverDue(db, (name) => endpointNamed(env, name), stopped);
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'cannot send notifications now');
      pause = pauseAfterError;
    }
    await sleep(pause, undefined, { signal: stopped }).catch(() => {});
  }
}
