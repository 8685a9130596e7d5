import { patched } from '@temporalio/workflow';
import type { FittedChallenger, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { fitRequest } from './fitRequest.ts';
import { control, fitter, trainer } from './proxies.ts';

/** Fits on the train snapshot. The result is in the store; `registerFitted` brings it to MLflow. */
export async function fitChallenger(plan: PlannedCycle, snapshots: Snapshots): Promise<FittedChallenger> {
  const run = await control.openRun(attemptOf(plan));
  const request = { ...fitRequest(plan, snapshots), run, shuffleLabels: false };
  if (!patched(trackedLater)) {
    const fit = await fitter(plan).fit(request);
    return { run, fit, version: await control.registerVersion(attemptOf(plan), fit), trainingPictures: 'track' };
  }
  const trainingPictures = patched('picturesLast') ? 'show' : 'track';
  const fit = await fitter(plan).fit({ ...request, leaves: 'tracking' });
  return { run, fit, version: null, trainingPictures };
}

/** Logs what was fitted to MLflow and, in the live lineage, registers it as the cycle's one version. */
export async function registerFitted(
  plan: PlannedCycle,
  snapshots: Snapshots,
  { run, fit, version, trainingPictures }: FittedChallenger,
): Promise<number | null> {
  if (version !== null) return version;
  const request = { ...fitRequest(plan, snapshots), run, shuffleLabels: false };
  await trainer.track({ ...request, leaves: trainingPictures === 'show' ? 'pictures' : null });
  return await control.registerVersion(attemptOf(plan), fit);
}

/** Since this change a version is scored while it is written to MLflow, and one process gives all of its answers. */
export const trackedLater = 'trackedLater';
