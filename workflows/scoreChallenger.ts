import type { Challenger, FittedChallenger, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { fitRequest } from './fitRequest.ts';
import { trainer } from './proxies.ts';

const rehearsedRows = 1000;

/** The challenger's answers on the holdout, and whether raw JSON rows get the same ones in a clean process. */
export async function scoreChallenger(
  plan: PlannedCycle,
  snapshots: Snapshots,
  fitted: FittedChallenger,
): Promise<Challenger> {
  const { cycle, definition } = plan;
  const name = `${cycle.model} version ${fitted.version}`;
  const { modelUri, digest } = fitted.fit;
  const subject = { modelUri, name, definition, snapshot: snapshots.holdout.contentHash };
  const { predictions, warnings } = await trainer.score({ ...subject, digest });
  const rehearsal = await trainer.rehearse({ ...subject, predictions, rows: rehearsedRows });
  return {
    ...fitted,
    predictions,
    rehearsal,
    warnings: warnings ?? [],
    shuffledFit: await shuffledFit(plan, snapshots),
  };
}

/** A control: what a version says that was fitted on shuffled labels. It reaches neither MLflow nor the ledger. */
async function shuffledFit(plan: PlannedCycle, snapshots: Snapshots): Promise<string | null> {
  const { cycle, definition } = plan;
  if (!definition.gate.controls.shuffledFit) return null;
  const { modelUri, digest } = await trainer.fit({ ...fitRequest(plan, snapshots), run: null, shuffleLabels: true });
  const name = `${cycle.model} fitted on shuffled labels`;
  const { predictions } = await trainer.score({
    modelUri,
    digest,
    name,
    definition,
    snapshot: snapshots.holdout.contentHash,
  });
  return predictions;
}
