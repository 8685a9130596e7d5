import { ApplicationFailure } from '@temporalio/workflow';
import type { ExtractedSnapshot, ExtractResult } from '../schemas/payloads.ts';
import type { Snapshots } from '../schemas/steps.ts';

/** The extracted snapshots by what they are for. */
export function snapshotsOf({ snapshots }: ExtractResult): Snapshots {
  const find = (purpose: ExtractedSnapshot['purpose']) => snapshots.find((snapshot) => snapshot.purpose === purpose);
  const train = find('train');
  const holdout = find('holdout');
  if (train === undefined || holdout === undefined)
    throw ApplicationFailure.nonRetryable('the trainer extracted no train or no holdout snapshot', 'Internal');
  return { train, holdout };
}
