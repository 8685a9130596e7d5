import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Definition } from '../../schemas/definition.ts';
import { errorOf } from '../../schemas/errors.ts';
import { fitQueueOf, workerQueue } from '../../schemas/queues.ts';
import type { Following } from './followWorkflow.ts';
import { patienceMilliseconds } from './workflowProgress.ts';

const pollMilliseconds = 700;

/**
 * Waits until somebody listens on a queue, for at most 20 seconds.
 *
 * @throws ReignError WorkerMissing, Interrupted
 */
export async function awaitWorker(client: Client, queue: string, { onEvent, signal }: Following): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  while ((await pollersOf(client, queue)) === 0) {
    if (signal.aborted) throw errorOf('Interrupted', 'awaitingWorker');
    if (Date.now() > deadline) throw errorOf('WorkerMissing', 'noneListens', { queue });
    onEvent({ kind: 'awaiting-worker', queue });
    await sleep(pollMilliseconds);
  }
}

/** The class of trainers that a definition's fits wait for, where none of it listens; else null. */
export async function classThatNobodyServes(
  client: Client,
  { resources }: Pick<Definition, 'resources'>,
): Promise<string | null> {
  const wanted = resources?.class;
  return wanted === undefined || (await pollersOf(client, fitQueueOf(wanted))) > 0 ? null : wanted;
}

const workflowTasks = 1;
const activityTasks = 2;

/** How many listen on a queue now. Temporal remembers a worker for minutes after it died: only fresh ones count. */
export async function pollersOf(client: Client, queue: string): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: queue === workerQueue ? workflowTasks : activityTasks,
  });
  // One long poll lasts a minute.
  const fresh = Date.now() - 75_000;
  return pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > fresh).length;
}
