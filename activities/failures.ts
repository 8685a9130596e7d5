import { activityInfo, cancelled } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { errorOf, errors, ReignError } from '../schemas/errors.ts';
import { mostUnexplained } from '../schemas/limits.ts';
import type { ErrorDetail } from '../schemas/payloads.ts';

/** How a cycle ended is written down, however long that takes. */
const neverGivenUp: ReadonlySet<string> = new Set(['record']);
const unexplained = new Map<string, number>();

type Activity = (...args: never[]) => Promise<unknown>;

/**
 * The same activities, with every error as Temporal's failure: its type is the catalogue's code.
 * One that a worker that stops does not finish in time is handed back: another may begin it while it still runs.
 */
export function asFailure<Named extends Record<string, Activity>>(activities: Named): Named {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...args: never[]) => {
      try {
        return await Promise.race([activity(...args), stopOfWorker()]);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Named;
}

/** Fails when the worker stops and its grace is over. Without this Temporal waits for the step's whole time. */
async function stopOfWorker(): Promise<never> {
  const stopped = await cancelled().catch((error: unknown) => error);
  throw stopped instanceof CancelledFailure && stopped.message === 'WORKER_SHUTDOWN'
    ? errorOf('Interrupted', 'workerStopped')
    : stopped;
}

function toFailure(error: unknown): unknown {
  if (error instanceof ReignError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: !errors[error.code].retry,
      details: [detailOf(error)],
      cause: error,
    });
  }
  if (!(error instanceof Error) || error.name === 'CancelledFailure' || error instanceof ApplicationFailure)
    return error;
  return ApplicationFailure.create({
    message: `${error.name}: ${error.message}`,
    type: 'Internal',
    nonRetryable: !neverGivenUp.has(activityInfo().activityType) && countUnexplained() >= mostUnexplained,
    cause: error,
  });
}

/** Where an error is from and what it says travel as data: nobody has to read them out of the message. */
const detailOf = ({ place, situation, values }: ReignError): ErrorDetail => ({
  ...{ traceback: null, file: place.file, line: place.line, column: place.column, field: place.field },
  ...{ situation, values: { ...values } },
});

/** How often the current activity has failed, in this process, for a reason that nobody foresaw. */
function countUnexplained(): number {
  const { workflowExecution, activityId } = activityInfo();
  const key = `${workflowExecution?.runId}/${activityId}`;
  const count = (unexplained.get(key) ?? 0) + 1;
  unexplained.set(key, count);
  if (unexplained.size > 1000) unexplained.delete(unexplained.keys().next().value ?? key);
  return count;
}
