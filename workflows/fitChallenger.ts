import type { FittedChallenger, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { fitRequest } from './fitRequest.ts';
import { control, trainer } from './proxies.ts';

/** Fits on the train snapshot, logs to MLflow and registers the cycle's one version. */
export async function fitChallenger(plan: PlannedCycle, snapshots: Snapshots): Promise<FittedChallenger> {
  const run = await control.openRun(attemptOf(plan));
  const fit = await trainer.fit({ ...fitRequest(plan, snapshots), run, shuffleLabels: false });
  const version = await control.registerVersion(attemptOf(plan), fit);
  return { run, fit, version };
}
