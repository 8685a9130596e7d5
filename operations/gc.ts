import { z } from 'zod';
import { models } from '../ledger/definitions.ts';
import { installationId } from '../ledger/reconciliations.ts';
import { storeRequest } from '../ledger/requests.ts';
import { askingMlflow } from '../reconcile/askingMlflow.ts';
import { isStillOrphan, type OrphanObject, orphanObjects } from '../reconcile/orphanObjects.ts';
import { type OrphanRun, orphanRunsOf } from '../reconcile/orphanRuns.ts';
import { before, instantOf, isDuration } from '../schemas/durations.ts';
import { errorOf } from '../schemas/errors.ts';
import { Unchecked } from '../schemas/reconcile.ts';
import { findExperiment } from '../tracker/experiments.ts';
import { deleteLoggedModel, searchLoggedModelsByTag } from '../tracker/loggedModels.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import { deleteRun } from '../tracker/runs.ts';
import { cycleTag } from '../tracker/tags.ts';
import type { OperationContext } from './context.ts';
import { deleteObject } from './delete/modelObjects.ts';
import { operation } from './operation.ts';

type Needs = Pick<OperationContext, 'ledger' | 'store' | 'tracker' | 'actor' | 'now' | 'onEvent'>;

/** Days. What is stored again counts as new only after a day: a shorter time could take what somebody is about to name. */
const shortest = 2;

export const gcOperation = operation({
  name: 'gc',
  description: 'remove unreferenced objects from the store and leftover runs from MLflow, after 30 days',
  request: z.strictObject({
    /** Answers what would be removed, and removes nothing. */
    dryRun: z.boolean().default(false),
    /** What was stored or begun since is kept. */
    olderThan: z.string().refine(isDuration, 'expected an ISO 8601 duration such as P30D').default('P30D'),
  }),
  answer: z.strictObject({
    dryRun: z.boolean(),
    olderThan: z.string(),
    /** Of the store, by folder. */
    removed: z.array(z.strictObject({ folder: z.string(), objects: z.int(), bytes: z.int() })),
    bytes: z.int(),
    /** Of MLflow, which keeps deleted runs until `mlflow gc`. */
    runs: z.int(),
    /** Parts that could not be cleaned, and why. */
    unchecked: z.array(Unchecked),
  }),
  run: async (context: Needs, { dryRun, olderThan }) => {
    const time = timeBefore(olderThan, context.now());
    const unchecked: Unchecked[] = [];
    const trying = async <Answer>(
      part: Unchecked['part'],
      work: () => Promise<Answer>,
    ): Promise<Answer | undefined> => {
      try {
        return await work();
      } catch (error) {
        unchecked.push({ part, reason: error instanceof Error ? error.message : String(error) });
        return undefined;
      }
    };
    if (!dryRun) await storeRequest(context.ledger.db, await removalRequest(context));
    const removed = (await trying('store', () => cleanStore(context, time, dryRun))) ?? [];
    const runs = (await trying('MLflow', () => cleanMlflow(context, time, dryRun))) ?? 0;
    const bytes = removed.reduce((sum, one) => sum + one.bytes, 0);
    return { dryRun, olderThan, removed, bytes, runs, unchecked };
  },
});

function timeBefore(olderThan: string, now: Date): Date {
  const time = new Date(before(instantOf(now.getTime()), [olderThan]));
  if (now.getTime() - time.getTime() >= shortest * 86_400_000) return time;
  throw errorOf('UsageInvalid', 'command', { problem: `expected at least P${shortest}D, found ${olderThan}` });
}

async function removalRequest({ ledger: { db }, actor }: Needs) {
  const subject = { kind: 'installation', id: await installationId(db) };
  return { operation: 'gc', actor, model: null, subject };
}

async function cleanStore({ ledger, store, onEvent }: Needs, olderThan: Date, dryRun: boolean) {
  onEvent({ kind: 'step', step: 'looking at the store', detail: '' });
  const orphans = await orphanObjects({ ledger, store, evidenceRead: new Map() }, olderThan);
  const removed = new Map<string, { folder: string; objects: number; bytes: number }>();
  for (const [at, orphan] of orphans.entries()) {
    const { folder, name } = orphan;
    const about = await store.about(folder, name);
    if (about === undefined || !(await isStillOrphan(store, orphan))) continue;
    if (!dryRun) {
      onEvent({ kind: 'step', step: 'removing from the store', detail: `${at + 1} of ${orphans.length}` });
      await removeObject({ ledger, store }, orphan);
    }
    const so = removed.get(folder) ?? { folder, objects: 0, bytes: 0 };
    removed.set(folder, { folder, objects: so.objects + 1, bytes: so.bytes + about.bytes });
  }
  return [...removed.values()];
}

/** Code may be applied at this moment: that holds a lease. */
async function removeObject({ ledger, store }: Pick<Needs, 'ledger' | 'store'>, { folder, name }: OrphanObject) {
  if (folder === 'code') await deleteObject(ledger, store, { form: 'document', kind: 'code', hash: name });
  else await store.remove(folder, name);
}

async function cleanMlflow({ ledger, tracker, onEvent }: Needs, olderThan: Date, dryRun: boolean): Promise<number> {
  if (tracker === null) return 0;
  onEvent({ kind: 'step', step: 'looking at MLflow', detail: '' });
  const { runsOf } = askingMlflow(tracker);
  let runs = 0;
  for (const { model } of await models(ledger.db)) {
    const orphans = await orphanRunsOf({ ledger, runsOf }, model, olderThan);
    runs += orphans.length;
    if (!dryRun) for (const orphan of orphans) await removeRun(tracker, orphan);
  }
  return runs;
}

/** With the logged models that it made, and nothing else of its cycle: a new attempt may have begun. */
async function removeRun(tracker: Tracker, { model, runId, cycle }: OrphanRun): Promise<void> {
  const experiment = await findExperiment(tracker, model);
  const made = experiment === undefined ? [] : await searchLoggedModelsByTag(tracker, experiment, cycleTag, cycle);
  for (const { modelId, sourceRunId } of made) if (sourceRunId === runId) await deleteLoggedModel(tracker, modelId);
  await deleteRun(tracker, runId);
}
