import { ApplicationFailure } from '@temporalio/workflow';
import type { Challenger, PlannedChallenge, Snapshots } from '../schemas/steps.ts';
import { trainer } from './proxies.ts';
import { rehearsedRows, shuffledFit } from './scoreChallenger.ts';

/** The answers of a version that a person registered on the holdout, and to raw JSON rows. */
export async function scoreRegistered(plan: PlannedChallenge, snapshots: Snapshots): Promise<Challenger> {
  const { cycle, definition, registered } = plan;
  const { version, modelUri, digest, run } = registered;
  const name = `${cycle.model} version ${version}`;
  const [scored, { trivial }] = await Promise.all([
    trainer.score({
      ...{ modelUri, digest, name, definition, snapshot: snapshots.holdout.contentHash },
      ...{ rehearsedRows, fromOutside: true },
    }),
    trainer.trivial({ cycle, definition, trainSnapshot: snapshots.train.contentHash }),
  ]);
  const { predictions, rehearsal, warnings } = scored;
  if (rehearsal == null) throw ApplicationFailure.nonRetryable('the trainer rehearsed nothing', 'Internal');
  return {
    ...{ version, run, predictions, rehearsal, registered, fit: { trivial }, warnings: warnings ?? [] },
    trainingPictures: 'show',
    shuffledFit: await shuffledFit(plan, snapshots),
  };
}
