import { z } from 'zod';
import { cyclesOf } from '../ledger/cycles.ts';
import { deletionOf, storeDeletion } from '../ledger/deletions.ts';
import { countPromotions } from '../ledger/history.ts';
import { openPeriod } from '../ledger/schedulePeriods.ts';
import { type TrackedCycle, trackedCycles } from '../ledger/trackedCycles.ts';
import { matchSchedule } from '../orchestrator/matchSchedule.ts';
import type { Cycle } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { findExperiment } from '../tracker/experiments.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import type { OperationContext } from './context.ts';
import { forgetInTracker } from './delete/forgetInTracker.ts';
import { deleteObject, modelObjects } from './delete/modelObjects.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';

type Needs = Pick<OperationContext, 'ledger' | 'store' | 'tracker' | 'temporal' | 'settings' | 'actor' | 'onEvent'>;

export const deleteOperation = operation({
  name: 'delete',
  description: 'delete a model that never had a champion, with its runs in MLflow and its files in the store',
  request: z.strictObject({
    model: z.string(),
    /** Recorded in the ledger. */
    reason: z.string().regex(/\S/, 'expected a reason'),
    /** Whether to delete it although it has had a champion. */
    force: z.boolean().default(false),
    /** Answers what would be deleted, and deletes nothing. */
    dryRun: z.boolean().default(false),
  }),
  answer: z.strictObject({
    model: z.string(),
    /** False for a dry run. */
    deleted: z.boolean(),
    /** Whose history the ledger keeps. */
    cycles: z.int(),
    /** Versions that were fitted, with their runs and logged models in MLflow. */
    versions: z.int(),
    /** Objects of the store that nothing else refers to. */
    objects: z.int(),
    promotions: z.int(),
  }),
  run: async (context: Needs, { model, reason, force, dryRun }) => {
    const { ledger, store, tracker, settings, actor, onEvent } = context;
    const { version: definitionVersion } = await knownModel(ledger, model);
    const cycles = await cyclesOf(ledger.db, model, { limit: 1_000_000 });
    const promotions = await countPromotions(ledger.db, model);
    const unended = cycles.find(({ endedAt }) => endedAt === null);
    if (unended !== undefined) throw errorOf('UsageInvalid', 'modelBusy', { model, cycle: unended.id });
    // Who begins again after MLflow or the store did not answer says nothing new.
    const wasDeleted = (await deletionOf(ledger.db, model, definitionVersion)) !== undefined;
    if (promotions > 0 && !force && !wasDeleted) throw errorOf('UsageInvalid', 'modelPromoted', { model, promotions });
    if (tracker === null)
      throw errorOf('SettingMissing', 'notSet', { home: settings.home, variables: 'MLFLOW_TRACKING_URI', are: 'is' });
    const versions = await trackedCycles(ledger.db, model);
    const objects = await modelObjects(ledger, store, model);
    const counts = { model, cycles: cycles.length, versions: versions.length, objects: objects.length, promotions };
    if (dryRun) return { ...counts, deleted: false };

    await storeDeletion(ledger.db, { model, definitionVersion, forced: promotions > 0, reason, actor });
    if ((await openPeriod(ledger.db, model)) !== undefined)
      await matchSchedule({ ledger, client: await context.temporal(), actor }, model);
    const tracked = [...versions, ...(await untracked(tracker, model, cycles, versions))];
    for (const [at, { cycle, experimentId }] of tracked.entries()) {
      onEvent({ kind: 'step', step: 'deleting in MLflow', detail: `${at + 1} of ${tracked.length}: ${cycle}` });
      await forgetInTracker(tracker, { cycle, model, experimentId });
    }
    for (const [at, object] of objects.entries()) {
      onEvent({ kind: 'step', step: 'deleting in the store', detail: `${at + 1} of ${objects.length}` });
      await deleteObject(ledger, store, object);
    }
    return { ...counts, deleted: true };
  },
});

/** Cycles of which the ledger knows no run: an attempt that died early may have left one in the model's experiment. */
async function untracked(
  tracker: Tracker,
  model: string,
  cycles: readonly Pick<Cycle, 'id'>[],
  versions: readonly TrackedCycle[],
): Promise<TrackedCycle[]> {
  const known = new Set(versions.map(({ cycle }) => cycle));
  const others = cycles.filter(({ id }) => !known.has(id));
  const experimentId = others.length === 0 ? undefined : await findExperiment(tracker, model);
  return experimentId === undefined ? [] : others.map(({ id }) => ({ cycle: id, model, experimentId }));
}
