import type { FittedChallenger, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { control, trainer } from './proxies.ts';

/** Fits on the train snapshot, logs to MLflow and registers the cycle's one version. */
export async function fitChallenger(plan: PlannedCycle, { train, holdout }: Snapshots): Promise<FittedChallenger> {
  const { cycle, definition, codeHash, windows } = plan;
  const run = await control.openRun(attemptOf(plan));
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
  const version = await control.registerVersion(attemptOf(plan), fit);
  return { run, fit, version };
}
