import { deleteLoggedModel, searchLoggedModelsByTag } from '../../tracker/loggedModels.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { deleteVersion, searchVersionsByTag } from '../../tracker/registry.ts';
import { deleteRun, searchRunsByTag } from '../../tracker/runs.ts';
import { cycleTag } from '../../tracker/tags.ts';

/**
 * Deletes what a cycle made in MLflow: versions, logged models and runs, also those of attempts that died. The
 * registered model stays, empty: MLflow would number the versions of a new one from 1, and the ledger knows those numbers.
 */
export async function forgetInTracker(
  tracker: Tracker,
  { cycle, model, experimentId }: { readonly cycle: string; readonly model: string; readonly experimentId: string },
): Promise<void> {
  const [versions, models, runs] = await Promise.all([
    searchVersionsByTag(tracker, model, cycleTag, cycle),
    searchLoggedModelsByTag(tracker, experimentId, cycleTag, cycle),
    searchRunsByTag(tracker, experimentId, cycleTag, cycle),
  ]);
  for (const { version } of versions) await deleteVersion(tracker, model, version);
  for (const { modelId } of models) await deleteLoggedModel(tracker, modelId);
  for (const { runId } of runs) await deleteRun(tracker, runId);
}
