import { of } from '../gate/say.ts';
import { cycleById } from '../ledger/cycles.ts';
import { models } from '../ledger/definitions.ts';
import { fittedVersions } from '../ledger/versions.ts';
import { tell } from '../report/messages.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import { searchVersionsOfRuns } from '../tracker/registry.ts';
import { cycleTag } from '../tracker/tags.ts';
import { discrepancy } from './discrepancy.ts';
import { usualRetention } from './orphanObjects.ts';
import type { MlflowWorld } from './world.ts';

/** A run in MLflow that a cycle of the ledger made, and that neither the ledger nor a registered version names. */
export interface OrphanRun {
  readonly model: string;
  readonly runId: string;
  /** The cycle that its tag names. */
  readonly cycle: string;
}

/** Says how many runs nothing names, and that `reign gc` would remove by now. */
export async function findOrphanRuns(world: MlflowWorld): Promise<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (const { model } of await models(world.ledger.db)) {
    const { length } = await orphanRunsOf(world, model, new Date(Date.now() - usualRetention));
    if (length === 0) continue;
    const message =
      length === 1 ? tell('reconcile.orphan-run') : tell('reconcile.orphan-runs', { runs: of(length, 'count') });
    found.push(
      discrepancy({ kind: 'orphans', part: 'MLflow', model, message, advice: 'To remove them: reign gc' }, 'found'),
    );
  }
  return found;
}

/**
 * Runs that carry the tag of a cycle and that nothing names: left by attempts that died. Left alone are those of a cycle that
 * has not ended, or that this ledger does not have (they may be another installation's), those that a registered version of
 * any model names, and people's own runs, which carry no tag.
 *
 * @param olderThan runs that began later are left alone
 */
export async function orphanRunsOf(
  world: Pick<MlflowWorld, 'ledger' | 'tracker' | 'runsOf'>,
  model: string,
  olderThan: Date,
): Promise<OrphanRun[]> {
  const { db } = world.ledger;
  const named = new Set((await fittedVersions(db, model)).map(({ run }) => run.runId));
  const found: OrphanRun[] = [];
  for (const { runId, tags, startTime } of await world.runsOf(model)) {
    const id = tags[cycleTag];
    if (id === undefined || named.has(runId) || startTime >= olderThan.getTime()) continue;
    const cycle = await cycleById(db, id);
    if (cycle === undefined || cycle.endedAt === null) continue;
    found.push({ model, runId, cycle: id });
  }
  const registered = await searchVersionsOfRuns(
    world.tracker,
    found.map(({ runId }) => runId),
  );
  return found.filter(({ runId }) => !registered.some((version) => version.runId === runId));
}
