import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, RetryState, TerminatedFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { toReignError } from '../../operations/toReignError.ts';
import { WorkflowError } from '../../operations/workflowError.ts';

const failed = (cause: Error) =>
  new WorkflowFailedError('Workflow execution failed', cause, RetryState.NON_RETRYABLE_FAILURE);
const activity = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'fit', '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause);

test('the error of the catalogue is found in the chain of causes, with what the trainer says about it', () => {
  const detail = { traceback: 'a'.repeat(64), file: 'pipeline.py', line: 3 };
  const cause = ApplicationFailure.create({ message: 'ValueError in fit', type: 'FitFailed', details: [detail] });
  const error = toReignError(failed(activity(cause)));
  expect(error).toBeInstanceOf(WorkflowError);
  expect(error).toMatchObject({ code: 'FitFailed', message: 'ValueError in fit', detail });
});

test('an error of another type, and an end from outside', () => {
  const unknown = ApplicationFailure.create({ message: 'what', type: 'SomethingElse' });
  expect(toReignError(failed(activity(unknown)))).toMatchObject({ code: 'Internal', message: 'what' });
  expect(toReignError(failed(new TerminatedFailure('terminated')))).toMatchObject({ code: 'Internal' });
});

test('the place and the values of an error come through Temporal as data', () => {
  const detail = {
    ...{ traceback: null, file: null, line: 2, column: 6, field: ['source', 'query'] },
    ...{ situation: 'columnTwice', values: { column: 'x' } },
  };
  const cause = ApplicationFailure.create({ message: 'said', type: 'QueryInvalid', details: [detail] });
  expect(toReignError(failed(activity(cause)))).toMatchObject({
    place: { file: null, field: ['source', 'query'], line: 2, column: 6 },
    situation: 'columnTwice',
    values: { column: 'x' },
  });
});
