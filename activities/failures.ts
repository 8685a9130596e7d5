import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { errors, ReignError } from '../schemas/errors.ts';

// An error that the catalogue does not know may pass or may be a bug: tried a few times, then the cycle fails with it.
const attemptsOfInternal = 10;

type Activity = (...args: never[]) => Promise<unknown>;

/** The same activities, with every error as Temporal's failure: its type is the catalogue's code. */
export function asFailure<Named extends Record<string, Activity>>(activities: Named): Named {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...args: never[]) => {
      try {
        return await activity(...args);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Named;
}

function toFailure(error: unknown): unknown {
  if (error instanceof ReignError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: !errors[error.code].retry,
      cause: error,
    });
  }
  if (!(error instanceof Error) || error.name === 'CancelledFailure' || error instanceof ApplicationFailure)
    return error;
  return ApplicationFailure.create({
    message: `${error.name}: ${error.message}`,
    type: 'Internal',
    nonRetryable: activityInfo().attempt >= attemptsOfInternal,
    cause: error,
  });
}
