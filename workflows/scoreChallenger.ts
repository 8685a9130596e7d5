import { ApplicationFailure } from '@temporalio/workflow';
import type { Challenger, FittedChallenger, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { registerFitted } from './fitChallenger.ts';
import { fitRequest } from './fitRequest.ts';
import { fitter, type TrainerActivities, trainer } from './proxies.ts';

/** How many rows of the holdout are also sent as raw JSON. */
export const rehearsedRows = 1000;

/** The challenger's predictions on the holdout, and whether raw JSON rows get the same ones in a clean process. */
export async function scoreChallenger(
  plan: PlannedCycle,
  snapshots: Snapshots,
  fitted: FittedChallenger,
): Promise<Challenger> {
  const [version, answers] = await allOrFirstFailure(
    registerFitted(plan, snapshots, fitted),
    answersOf(plan, snapshots, fitted),
  );
  return { ...fitted, version, ...answers, shuffledFit: await shuffledFit(plan, snapshots) };
}

async function answersOf(
  plan: PlannedCycle,
  snapshots: Snapshots,
  { run, fit, version }: FittedChallenger,
): Promise<Pick<Challenger, 'predictions' | 'rehearsal' | 'warnings'>> {
  const { cycle, definition } = plan;
  const { modelUri, digest } = fit;
  const snapshot = snapshots.holdout.contentHash;
  if (version !== null) {
    const subject = { modelUri, name: `${cycle.model} version ${version}`, definition, snapshot };
    const { predictions, warnings } = await trainer.score({ ...subject, digest });
    const rehearsal = await trainer.rehearse({ ...subject, predictions, rows: rehearsedRows });
    return { predictions, rehearsal, warnings: warnings ?? [] };
  }
  // If another attempt registered the fit long ago, the store may no longer have it.
  const uri = digest == null ? modelUri : `fit:${run.modelId}`;
  const subject = { modelUri: uri, name: `the challenger of ${cycle.id}`, definition, snapshot };
  const { predictions, rehearsal, warnings } = await trainer.score({ ...subject, digest, rehearsedRows });
  if (rehearsal == null) throw ApplicationFailure.nonRetryable('the trainer rehearsed nothing', 'Internal');
  return { predictions, rehearsal, warnings: warnings ?? [] };
}

/** Both results. If one fails, the other is still waited for: a cycle's end is recorded only when nothing of it runs any more. */
async function allOrFirstFailure<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

/** A control: the predictions of a version that was fitted on shuffled labels. It reaches neither MLflow nor the ledger. */
export async function shuffledFit(
  plan: Parameters<typeof fitRequest>[0],
  snapshots: Snapshots,
  ask: { readonly fitter: typeof fitter; readonly trainer: Pick<TrainerActivities, 'score'> } = { fitter, trainer },
): Promise<string | null> {
  const { cycle, definition } = plan;
  if (!definition.gate.controls.shuffledFit) return null;
  const { modelUri, digest } = await ask.fitter(plan).fit({
    ...fitRequest(plan, snapshots),
    run: null,
    shuffleLabels: true,
  });
  const name = `${cycle.model} fitted on shuffled labels`;
  const { predictions } = await ask.trainer.score({
    modelUri,
    digest,
    name,
    definition,
    snapshot: snapshots.holdout.contentHash,
  });
  return predictions;
}
