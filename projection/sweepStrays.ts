import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { versionOf } from '../ledger/versions.ts';
import { deleteLoggedModel, searchLoggedModelsByTag } from '../tracker/loggedModels.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import { deleteVersion, searchVersionsByTag } from '../tracker/registry.ts';
import { unlessMissing } from '../tracker/request.ts';
import { deleteRun, searchRunsByTag } from '../tracker/runs.ts';
import { attemptTag, cycleTag, type Tags } from '../tracker/tags.ts';

/**
 * Removes what carries the cycle's tag in MLflow but is not what the ledger named: left by attempts that ran twice, died
 * or failed. What may still be about to be named is not touched: what a later attempt made than the one whose run the
 * ledger names, and versions of that run as long as none is named.
 */
export async function sweepStrays(tracker: Tracker, db: Kysely<Database>, cycle: string): Promise<void> {
  const named = await versionOf(db, { cycle });
  if (named === undefined) return;
  const { experimentId, runId, modelId } = named.run;
  const isLater = ({ tags }: { tags: Tags }) => Number(tags[attemptTag] ?? 0) > named.attempt;
  const [versions, models, runs] = await Promise.all([
    searchVersionsByTag(tracker, named.model, cycleTag, cycle),
    searchLoggedModelsByTag(tracker, experimentId, cycleTag, cycle),
    searchRunsByTag(tracker, experimentId, cycleTag, cycle),
  ]);
  for (const found of versions) {
    const isStray = named.version === null ? found.runId !== runId : found.version !== named.version;
    if (isStray && !isLater(found)) await deleteVersion(tracker, named.model, found.version);
  }
  for (const model of models) {
    if (model.modelId !== modelId && !isLater(model)) await deleteLoggedModel(tracker, model.modelId);
  }
  for (const run of runs) {
    if (run.runId !== runId && !isLater(run)) await unlessMissing(deleteRun(tracker, run.runId));
  }
}
