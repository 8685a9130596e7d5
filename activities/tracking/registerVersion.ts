import type { Kysely } from 'kysely';
import { currentChampion } from '../../ledger/champions.ts';
import type { Database } from '../../ledger/database.ts';
import { definitionVersion } from '../../ledger/definitions.ts';
import { nameVersion, versionOf } from '../../ledger/versions.ts';
import { sweepStrays } from '../../projection/sweepStrays.ts';
import { errorOf } from '../../schemas/errors.ts';
import { primaryMetricOf } from '../../schemas/metrics.ts';
import type { TrackedRun } from '../../schemas/payloads.ts';
import type { CycleAttempt } from '../../schemas/steps.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { createVersion, ensureRegisteredModel, searchVersionsByTag } from '../../tracker/registry.ts';
import { isRefusal } from '../../tracker/request.ts';
import { cycleTag, type Tags } from '../../tracker/tags.ts';
import { cycleTags } from './cycleTags.ts';

/**
 * Registers the cycle's logged model as its one version of the registered model. MLflow numbers versions one after the
 * other, so whoever made one sees every lower one: all who race offer the ledger the same, the lowest.
 *
 * @param isRetry an earlier try may have made one that the ledger does not know of
 */
export async function registerVersion(
  tracker: Tracker,
  db: Kysely<Database>,
  cycle: CycleAttempt,
  isRetry = true,
): Promise<number> {
  const row = await versionOf(db, { cycle: cycle.id });
  if (row === undefined) throw errorOf('LedgerConflict', 'noRun', { cycle: cycle.id });
  if (row.version !== null) return await nameVersion(db, cycle, row.version);
  const made =
    (isRetry ? await lowest(tracker, cycle, row.run) : undefined) ?? (await create(tracker, db, cycle, row.run));
  const { version: first } = (await lowest(tracker, cycle, row.run)) ?? made;
  const version = await nameVersion(db, cycle, first);
  if (isRetry || version !== made.version) await sweepStrays(tracker, db, cycle.id);
  return version;
}

/** What is known before it is judged: MLflow takes many tags of a version only when it is made, later one at a time. */
async function judgedBy(
  db: Kysely<Database>,
  { model, lineage, definitionVersion: number }: CycleAttempt,
): Promise<Tags> {
  const [stored, champion] = await Promise.all([
    definitionVersion(db, model, number),
    currentChampion(db, model, lineage),
  ]);
  return {
    ...(stored !== undefined && { 'reign.metric': primaryMetricOf(stored.definition) }),
    ...(champion !== undefined && { 'reign.champion': String(champion.version) }),
  };
}

/** Of the versions of the run. One of an earlier attempt carries the cycle's tag too, but another run. */
async function lowest(tracker: Tracker, { id, model }: CycleAttempt, { runId }: TrackedRun) {
  try {
    return (await searchVersionsByTag(tracker, model, cycleTag, id)).find((version) => version.runId === runId);
  } catch (error) {
    if (isRefusal(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
    throw error;
  }
}

async function create(tracker: Tracker, db: Kysely<Database>, cycle: CycleAttempt, { modelId, runId }: TrackedRun) {
  const asked = { name: cycle.model, modelId, runId, tags: { ...cycleTags(cycle), ...(await judgedBy(db, cycle)) } };
  try {
    return await createVersion(tracker, asked);
  } catch (error) {
    if (!isRefusal(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
    await ensureRegisteredModel(tracker, cycle.model);
    return await createVersion(tracker, asked);
  }
}
