import { expect } from 'vitest';
import type { Outcome } from '../../schemas/steps.ts';
import type { Performance } from './stage.ts';

/** The outcome that was written into the ledger, which must have been written once. */
export function recorded({ calls }: Performance): Outcome {
  const records = calls.filter(({ name, attempt }) => name === 'record' && attempt === 1);
  expect(records).toHaveLength(1);
  return records[0]?.given[1] as Outcome;
}
