import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a nominal time of an interval has just passed. One that comes while a schedule is applied, between the ledger
 * and Temporal, has no cycle, and the next cycle waits for that one.
 */
export async function justAfter(seconds: number): Promise<void> {
  const interval = seconds * 1000;
  await sleep(interval + 50 - (Date.now() % interval));
}
