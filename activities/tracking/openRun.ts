import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { nameRun, versionOf } from '../../ledger/versions.ts';
import type { CycleIdentity, TrackedRun } from '../../schemas/payloads.ts';
import { ensureExperiment } from '../../tracker/experiments.ts';
import { createLoggedModel, searchLoggedModelsByTag } from '../../tracker/loggedModels.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { createRun, searchRunsByTag } from '../../tracker/runs.ts';
import { cycleTag } from '../../tracker/tags.ts';
import { cycleTags } from './cycleTags.ts';
import { sweepStrays } from './sweepStrays.ts';

/**
 * The cycle's one run and one logged model in MLflow, in the experiment named like the model. Whoever comes first names
 * them in the ledger; everyone else gets those, and what they made in vain is removed.
 */
export async function openRun(tracker: Tracker, db: Kysely<Database>, cycle: CycleIdentity): Promise<TrackedRun> {
  const named = await versionOf(db, { cycle: cycle.id });
  if (named !== undefined) return named.run;
  const run = await nameRun(db, cycle.id, await findOrCreate(tracker, cycle));
  await sweepStrays(tracker, db, cycle.id);
  return run;
}

/** Takes what an attempt left that died before the ledger knew of it. */
async function findOrCreate(tracker: Tracker, cycle: CycleIdentity): Promise<TrackedRun> {
  const experimentId = await ensureExperiment(tracker, cycle.model);
  const tags = cycleTags(cycle);
  const [oldest] = await searchRunsByTag(tracker, experimentId, cycleTag, cycle.id);
  const { runId } = oldest ?? (await createRun(tracker, experimentId, runName(cycle), tags));
  const models = await searchLoggedModelsByTag(tracker, experimentId, cycleTag, cycle.id);
  const { modelId } =
    models.find(({ sourceRunId }) => sourceRunId === runId) ??
    (await createLoggedModel(tracker, { experimentId, name: cycle.model, runId, tags }));
  return { experimentId, runId, modelId };
}

/** `2001-02-12`, with the time where it is not midnight and the lineage where it is not live. */
const runName = ({ asOf, lineage }: CycleIdentity): string =>
  asOf.replace('T00:00:00Z', '') + (lineage === 'live' ? '' : ` ${lineage}`);
