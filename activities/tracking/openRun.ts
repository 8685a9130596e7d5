import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { isJudged } from '../../ledger/judgements.ts';
import { nameRun, versionOf } from '../../ledger/versions.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { CycleIdentity, TrackedRun } from '../../schemas/payloads.ts';
import type { CycleAttempt } from '../../schemas/steps.ts';
import { ensureExperiment } from '../../tracker/experiments.ts';
import { createLoggedModel, getLoggedModel, searchLoggedModelsByTag } from '../../tracker/loggedModels.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { createRun, getRun, searchRunsByTag } from '../../tracker/runs.ts';
import { attemptTag, cycleTag, type Tags } from '../../tracker/tags.ts';
import { cycleTags } from './cycleTags.ts';
import { sweepStrays } from './sweepStrays.ts';

/**
 * The attempt's one run and one logged model in MLflow, in the experiment named like the model. Whoever comes first names
 * them in the ledger; everyone else gets those, and what they made in vain is removed. So is what an earlier attempt
 * left: a new one fits anew, on its own snapshots. Only where an earlier attempt was judged its run stays the cycle's.
 */
export async function openRun(tracker: Tracker, db: Kysely<Database>, cycle: CycleAttempt): Promise<TrackedRun> {
  const named = await versionOf(db, { cycle: cycle.id });
  const judged = named !== undefined && named.attempt < cycle.attempt && (await isJudged(db, cycle.id));
  const gone = named !== undefined && !(await isThere(tracker, named.run)) ? named.run : undefined;
  if (judged && gone !== undefined)
    throw errorOf('LedgerConflict', 'judgedAndGone', { cycle: cycle.id, run: gone.runId, model: gone.modelId });
  if (named !== undefined && gone === undefined && (judged || named.attempt === cycle.attempt)) return named.run;
  const run = await nameRun(db, cycle, await findOrCreate(tracker, cycle, gone), gone);
  await sweepStrays(tracker, db, cycle.id);
  return run;
}

/** A person may delete either in MLflow. */
async function isThere(tracker: Tracker, { runId, modelId }: TrackedRun): Promise<boolean> {
  const run = await getRun(tracker, runId);
  return run !== undefined && !run.deleted && (await getLoggedModel(tracker, modelId)) !== undefined;
}

/** Takes what this attempt left when it died before the ledger knew of it. */
async function findOrCreate(tracker: Tracker, cycle: CycleAttempt, gone?: TrackedRun): Promise<TrackedRun> {
  const experimentId = await ensureExperiment(tracker, cycle.model);
  const tags = cycleTags(cycle);
  const isOurs = (made: { tags: Tags }) => made.tags[attemptTag] === tags[attemptTag];
  const [runs, models] = await Promise.all([
    searchRunsByTag(tracker, experimentId, cycleTag, cycle.id),
    searchLoggedModelsByTag(tracker, experimentId, cycleTag, cycle.id),
  ]);
  const oldest = runs.find((run) => isOurs(run) && run.runId !== gone?.runId);
  const { runId } = oldest ?? (await createRun(tracker, experimentId, runName(cycle), tags));
  const { modelId } =
    models.find((model) => isOurs(model) && model.sourceRunId === runId) ??
    (await createLoggedModel(tracker, { experimentId, name: cycle.model, runId, tags }));
  return { experimentId, runId, modelId };
}

/** `2001-02-12`, with the time where it is not midnight and the lineage where it is not live. */
const runName = ({ asOf, lineage }: CycleIdentity): string =>
  asOf.replace('T00:00:00Z', '') + (lineage === 'live' ? '' : ` ${lineage}`);
