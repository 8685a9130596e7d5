import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { errorOf, type ReignError } from '../../schemas/errors.ts';
import type { OperationContext } from '../context.ts';
import { watcher } from './workflowProgress.ts';

/** Who waits: what ends the waiting, and who gets what happens. */
export type Following = Pick<OperationContext, 'signal' | 'onEvent'>;

const pollMilliseconds = 700;

/**
 * Waits for a workflow's result and tells where it stands.
 *
 * @throws ReignError Interrupted, where the signal fires: that ends the waiting, not the workflow
 */
export async function followWorkflow<R>(
  handle: WorkflowHandle<() => Promise<R>>,
  { onEvent, signal }: Following,
): Promise<R> {
  const ended = new AbortController();
  const interrupted = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(errorOf('Interrupted', 'workflowGoesOn', { workflow: handle.workflowId }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { signal: ended.signal });
  });
  const watching = watch(handle, onEvent, ended.signal);
  try {
    return await Promise.race([handle.result(), interrupted]);
  } finally {
    ended.abort();
    await watching;
  }
}

async function watch(handle: WorkflowHandle, onEvent: Following['onEvent'], ended: AbortSignal): Promise<void> {
  const look = watcher(handle);
  while (!ended.aborted) {
    try {
      const progress = await look();
      if (!ended.aborted) onEvent({ kind: 'progress', workflow: handle.workflowId, progress });
    } catch {
      // Temporal does not answer just now: the result, which is asked for too, decides.
    }
    await sleep(pollMilliseconds, undefined, { signal: ended }).catch(() => {});
  }
}

/** After Ctrl-C: ends a workflow whose answer nobody waits for any more, and gives the error to end with. */
export async function cancelled(handle: WorkflowHandle, what: string): Promise<ReignError> {
  const asked = await handle.cancel().then(
    () => true,
    () => false,
  );
  const then = asked ? `${what} was cancelled` : `${what} goes on in Temporal, which did not take the cancellation`;
  return errorOf('Interrupted', 'whatThen', { then });
}
