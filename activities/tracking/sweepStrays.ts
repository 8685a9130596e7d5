import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { versionOf } from '../../ledger/versions.ts';
import { deleteLoggedModel, searchLoggedModelsByTag } from '../../tracker/loggedModels.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { deleteVersion, searchVersionsByTag } from '../../tracker/registry.ts';
import { unlessMissing } from '../../tracker/request.ts';
import { deleteRun, searchRunsByTag } from '../../tracker/runs.ts';
import { cycleTag } from '../../tracker/tags.ts';

/**
 * Removes what carries the cycle's tag in MLflow but is not what the ledger named: left by attempts that ran twice or
 * died. As long as the ledger has not named a thing nothing of that kind is touched: it may be about to be named.
 */
export async function sweepStrays(tracker: Tracker, db: Kysely<Database>, cycle: string): Promise<void> {
  const named = await versionOf(db, { cycle });
  if (named === undefined) return;
  const { experimentId, runId, modelId } = named.run;
  if (named.version !== null) {
    for (const { version } of await searchVersionsByTag(tracker, named.model, cycleTag, cycle)) {
      if (version !== named.version) await deleteVersion(tracker, named.model, version);
    }
  }
  for (const model of await searchLoggedModelsByTag(tracker, experimentId, cycleTag, cycle)) {
    if (model.modelId !== modelId) await deleteLoggedModel(tracker, model.modelId);
  }
  for (const run of await searchRunsByTag(tracker, experimentId, cycleTag, cycle)) {
    if (run.runId !== runId) await unlessMissing(deleteRun(tracker, run.runId));
  }
}
