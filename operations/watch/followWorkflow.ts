import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { errorOf, type ReignError } from '../../schemas/errors.ts';
import { stepName } from '../../schemas/stepNames.ts';
import type { OperationContext } from '../context.ts';
import { begunActivities } from './begunActivities.ts';
import { watcher } from './workflowProgress.ts';

/** Who waits: what ends the waiting, and who gets what happens. */
export type Following = Pick<OperationContext, 'signal' | 'onEvent'>;

/** Attempts and heartbeats are no events of a workflow: while nothing happens it is looked at this often. */
const lookMilliseconds = 2000;
/** Events within this time are reported together, because each query costs Temporal and the worker time. */
const gatherMilliseconds = 300;
/** Temporal does not answer. */
const pauseMilliseconds = 2000;
const lastStepsMilliseconds = 1000;

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
  const result = new AbortController();
  const { everything, untilItsEnd } = watch(handle, onEvent, ended.signal, result.signal);
  try {
    // Without the signal it would go on asking, also where the connection is closed.
    const asked = handle.client.withAbortSignal(ended.signal, () => handle.result());
    return await Promise.race([asked, interrupted]);
  } finally {
    result.abort();
    // Its last steps may still be on their way.
    if (!signal.aborted) await Promise.race([untilItsEnd, pause(lastStepsMilliseconds, ended.signal)]);
    ended.abort();
    await everything;
  }
}

interface Watching {
  /** Fulfilled when everything has been told. */
  readonly everything: Promise<unknown>;
  /** Fulfilled when the workflow's last event has been told, or where the watching has ended. */
  readonly untilItsEnd: Promise<void>;
}

/** @param result fires when nothing more will happen: pending events are reported now */
function watch(
  handle: WorkflowHandle,
  onEvent: Following['onEvent'],
  ended: AbortSignal,
  result: AbortSignal,
): Watching {
  const look = watcher(handle);
  let steps: string[] = [];
  const tell = async () => {
    try {
      const progress = await look();
      if (ended.aborted) return;
      const begun = steps;
      steps = [];
      onEvent({ kind: 'progress', workflow: handle.workflowId, begun, progress });
    } catch {
      // Temporal does not answer just now: the result, which is asked for too, decides.
    }
  };
  const whenSomethingHappens = async () => {
    // From its beginning again, where Temporal broke off: what was told once is not told twice.
    let told = 0;
    while (!ended.aborted) {
      try {
        let seen = 0;
        for await (const activities of begunActivities(handle, ended)) {
          steps.push(...activities.slice(Math.max(0, told - seen)).map(stepName));
          seen += activities.length;
          told = Math.max(told, seen);
          await tell();
          await pause(gatherMilliseconds, AbortSignal.any([ended, result]));
        }
        return;
      } catch {
        await pause(pauseMilliseconds, ended);
      }
    }
  };
  const nowAndThen = async () => {
    while (!ended.aborted) {
      await pause(lookMilliseconds, ended);
      if (!ended.aborted) await tell();
    }
  };
  const untilItsEnd = whenSomethingHappens();
  return { everything: Promise.all([untilItsEnd, nowAndThen()]), untilItsEnd };
}

const pause = (milliseconds: number, ended: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal: ended }).catch(() => {});

/** After Ctrl-C: ends a workflow whose answer nobody waits for any more, and gives the error to end with. */
export async function cancelled(handle: WorkflowHandle, what: string): Promise<ReignError> {
  const asked = await handle.cancel().then(
    () => true,
    () => false,
  );
  const then = asked ? `${what} was cancelled` : `${what} continues in Temporal, which did not accept the cancellation`;
  return errorOf('Interrupted', 'whatThen', { then });
}
