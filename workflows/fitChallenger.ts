import type { Challenger, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import type { reportProgress } from './progress.ts';
import { control, trainer } from './proxies.ts';

const rehearsedRows = 1000;

/** Fits on the train snapshot, registers the version in MLflow, scores the holdout and rehearses the way of a prediction. */
export async function fitChallenger(
  plan: PlannedCycle,
  { train, holdout }: Snapshots,
  progress: ReturnType<typeof reportProgress>,
): Promise<Challenger> {
  const { cycle, definition, codeHash, windows } = plan;
  const run = await control.openRun(cycle);
  const fit = await trainer.fit({
    cycle,
    definition,
    codeHash,
    trainSnapshot: train.contentHash,
    holdoutSnapshot: holdout.contentHash,
    trainWindow: windows.train,
    holdoutWindow: windows.holdout,
    run,
    timeoutSeconds: plan.fitTimeoutSeconds,
  });
  const version = await control.registerVersion(cycle, fit);

  progress.at('score');
  const subject = {
    modelUri: fit.modelUri,
    name: `${cycle.model} version ${version}`,
    definition,
    snapshot: holdout.contentHash,
  };
  const { predictions } = await trainer.score(subject);

  progress.at('rehearse');
  const rehearsal = await trainer.rehearse({ ...subject, predictions, rows: rehearsedRows });
  return { run, fit, version, predictions, rehearsal };
}
