import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { isJudged } from '../../ledger/judgements.ts';
import { nameRun, versionOf } from '../../ledger/versions.ts';
import { sweepStrays } from '../../projection/sweepStrays.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { CycleIdentity, TrackedRun } from '../../schemas/payloads.ts';
import type { CycleAttempt } from '../../schemas/steps.ts';
import { ensureExperiment } from '../../tracker/experiments.ts';
import { createLoggedModel, getLoggedModel, searchLoggedModelsByTag } from '../../tracker/loggedModels.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { createRun, getRun, searchRunsByTag } from '../../tracker/runs.ts';
import { attemptTag, cycleTag, type Tags } from '../../tracker/tags.ts';
import { cycleTags } from './cycleTags.ts';

/**
 * The attempt's one run and one logged model in MLflow, in the experiment named like the model. Whoever comes first names
 * them in the ledger; everyone else gets those, and what they made in vain is removed. So is what an earlier attempt
 * left: a new one fits anew, on its own snapshots. Only where an earlier attempt was judged its run stays the cycle's.
 *
 * @param isRetry an earlier try of this attempt may have left something unnamed in MLflow
 */
export async function openRun(
  tracker: Tracker,
  db: Kysely<Database>,
  cycle: CycleAttempt,
  isRetry = true,
): Promise<TrackedRun> {
  const named = await versionOf(db, { cycle: cycle.id });
  const judged = named !== undefined && named.attempt < cycle.attempt && (await isJudged(db, cycle.id));
  const there = named === undefined ? undefined : await findIn(tracker, named.run);
  const gone = there === undefined ? named?.run : undefined;
  if (judged && gone !== undefined)
    throw errorOf('LedgerConflict', 'judgedAndGone', { cycle: cycle.id, run: gone.runId, model: gone.modelId });
  if (there !== undefined && (judged || named?.attempt === cycle.attempt)) return there;
  const made = (isRetry ? await find(tracker, cycle, gone) : undefined) ?? (await create(tracker, cycle));
  const { artifactLocation, ...ids } = made;
  const run = await nameRun(db, cycle, ids, gone);
  if (run.modelId === made.modelId && named === undefined && !isRetry) return { ...run, artifactLocation, isNew: true };
  await sweepStrays(tracker, db, cycle.id);
  return (await findIn(tracker, run)) ?? run;
}

/** Both, with where the model's files are; undefined where a person deleted either in MLflow. */
async function findIn(tracker: Tracker, named: TrackedRun): Promise<TrackedRun | undefined> {
  const [run, model] = await Promise.all([getRun(tracker, named.runId), getLoggedModel(tracker, named.modelId)]);
  if (run === undefined || run.deleted || model === undefined) return undefined;
  return { ...named, artifactLocation: model.artifactLocation };
}

/** What this attempt left when it died before the ledger knew of it. */
async function find(tracker: Tracker, cycle: CycleAttempt, gone?: TrackedRun): Promise<TrackedRun | undefined> {
  const experimentId = await ensureExperiment(tracker, cycle.model);
  const isOurs = (made: { tags: Tags }) => made.tags[attemptTag] === String(cycle.attempt);
  const [runs, models] = await Promise.all([
    searchRunsByTag(tracker, experimentId, cycleTag, cycle.id),
    searchLoggedModelsByTag(tracker, experimentId, cycleTag, cycle.id),
  ]);
  const run = runs.find((one) => isOurs(one) && one.runId !== gone?.runId);
  if (run === undefined) return undefined;
  const model = models.find((one) => isOurs(one) && one.sourceRunId === run.runId);
  return model === undefined
    ? await withModel(tracker, cycle, experimentId, run.runId)
    : { experimentId, runId: run.runId, modelId: model.modelId, artifactLocation: model.artifactLocation };
}

async function create(tracker: Tracker, cycle: CycleAttempt): Promise<TrackedRun> {
  const experimentId = await ensureExperiment(tracker, cycle.model);
  const { runId } = await createRun(tracker, experimentId, runName(cycle), cycleTags(cycle));
  return withModel(tracker, cycle, experimentId, runId);
}

async function withModel(
  tracker: Tracker,
  cycle: CycleAttempt,
  experimentId: string,
  runId: string,
): Promise<TrackedRun> {
  const asked = { experimentId, name: cycle.model, runId, tags: cycleTags(cycle) };
  const { modelId, artifactLocation } = await createLoggedModel(tracker, asked);
  return { experimentId, runId, modelId, artifactLocation };
}

/** `2001-02-12`, with the time where it is not midnight and the lineage where it is not live. */
const runName = ({ asOf, lineage }: CycleIdentity): string =>
  asOf.replace('T00:00:00Z', '') + (lineage === 'live' ? '' : ` ${lineage}`);
