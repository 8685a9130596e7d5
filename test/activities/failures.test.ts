import type { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { asFailure } from '../../activities/failures.ts';
import { toReignError } from '../../operations/toReignError.ts';
import { errorOf } from '../../schemas/errors.ts';
import { queryInvalid } from '../../source/sourceError.ts';

/** What an activity that throws an error gives Temporal. */
async function failureOf(error: Error): Promise<ApplicationFailure> {
  const { work } = asFailure({
    work: async () => {
      throw error;
    },
  });
  return await work().then(expect.unreachable, (failure: unknown) => failure as ApplicationFailure);
}

test('an error goes through Temporal with its place, situation and values', async () => {
  const failure = await failureOf(queryInvalid('columnTwice', { column: 'x' }, { line: 2, column: 6 }));
  expect(failure).toMatchObject({ type: 'QueryInvalid', nonRetryable: true });
  expect(toReignError(failure)).toMatchObject({
    code: 'QueryInvalid',
    situation: 'columnTwice',
    values: { column: 'x', place: 'source.query, line 2, column 6' },
    place: { file: null, field: ['source', 'query'], line: 2, column: 6 },
    message:
      'source.query, line 2, column 6: the query returns the column x more than once; give each one its own name with AS',
  });
});

test('what may pass is tried again', async () => {
  const failure = await failureOf(errorOf('StoreUnavailable', 'noFolder'));
  expect(failure.nonRetryable).toBe(false);
});
