import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { nameVersion, versionOf } from '../../ledger/versions.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { TrackedRun } from '../../schemas/payloads.ts';
import type { CycleAttempt } from '../../schemas/steps.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { createVersion, ensureRegisteredModel, searchVersionsByTag } from '../../tracker/registry.ts';
import { cycleTag } from '../../tracker/tags.ts';
import { cycleTags } from './cycleTags.ts';
import { sweepStrays } from './sweepStrays.ts';

/**
 * Registers the cycle's logged model as its one version of the registered model. MLflow numbers versions one after the
 * other, so whoever made one sees every lower one: all who race offer the ledger the same, the lowest.
 */
export async function registerVersion(tracker: Tracker, db: Kysely<Database>, cycle: CycleAttempt): Promise<number> {
  const row = await versionOf(db, { cycle: cycle.id });
  if (row === undefined) throw errorOf('LedgerConflict', 'noRun', { cycle: cycle.id });
  if (row.version !== null) return await nameVersion(db, cycle, row.version);
  await ensureRegisteredModel(tracker, cycle.model);
  const version = await nameVersion(db, cycle, await findOrCreate(tracker, cycle, row.run));
  await sweepStrays(tracker, db, cycle.id);
  return version;
}

async function findOrCreate(tracker: Tracker, cycle: CycleAttempt, { modelId, runId }: TrackedRun): Promise<number> {
  const name = cycle.model;
  // A version of an earlier attempt carries the cycle's tag too, but another run.
  const lowest = async () =>
    (await searchVersionsByTag(tracker, name, cycleTag, cycle.id)).find((version) => version.runId === runId);
  const known = await lowest();
  if (known !== undefined) return known.version;
  const created = await createVersion(tracker, { name, modelId, runId, tags: cycleTags(cycle) });
  return (await lowest())?.version ?? created.version;
}
