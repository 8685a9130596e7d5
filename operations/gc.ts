import { z } from 'zod';
import { models } from '../ledger/definitions.ts';
import { installationId } from '../ledger/reconciliations.ts';
import { storeRequest } from '../ledger/requests.ts';
import { askingMlflow } from '../reconcile/askingMlflow.ts';
import { type RemovedFeatures, refuseShared, removeExpiredFeatures } from '../reconcile/expiredFeatures.ts';
import { type FoundOrphans, isStillOrphan, type OrphanObject, orphanObjects } from '../reconcile/orphanObjects.ts';
import { type OrphanRun, orphanRunsOf } from '../reconcile/orphanRuns.ts';
import { before, instantOf, isDuration } from '../schemas/durations.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
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
  description:
    'remove features whose retention has passed and, after 30 days, what nothing refers to in the store and MLflow',
  request: z.strictObject({
    /** Answers what would be removed, and removes nothing. */
    dryRun: z.boolean().default(false),
    /** What was stored or begun since is kept. */
    olderThan: z.string().refine(isDuration, 'expected an ISO 8601 duration such as P30D').default('P30D'),
  }),
  answer: z.strictObject({
    dryRun: z.boolean(),
    olderThan: z.string(),
    /** Snapshots whose features the retention of their models does not let stay any longer. */
    features: z.array(
      z.strictObject({
        snapshot: z.string(),
        rows: z.int(),
        bytes: z.int(),
        /** The models whose cycles used it, and when the last of these ended. */
        uses: z.array(z.strictObject({ model: z.string(), retention: z.string(), lastUsedAt: z.string() })).readonly(),
      }),
    ),
    /** So many more stay until their row ids are stored apart: earlier releases did not do that. */
    withoutRowIds: z.int(),
    /** Of the store, by folder: what nothing refers to. */
    removed: z.array(z.strictObject({ folder: z.string(), objects: z.int(), bytes: z.int() })),
    bytes: z.int(),
    /** Of MLflow, which keeps deleted runs until `mlflow gc`. */
    runs: z.int(),
    /** Paths in the store of what Reign did not write, and leaves alone. */
    strays: z.array(z.string()),
    /** Parts that could not be cleaned, or not to the end, and why. */
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
        if (error instanceof ReignError && error.code === 'StoreShared') throw error;
        unchecked.push({ part, reason: error instanceof Error ? error.message : String(error) });
        return undefined;
      }
    };
    const found = await trying('store', () => lookAtStore(context, time));
    const request = dryRun ? null : (await storeRequest(context.ledger.db, await removalRequest(context))).id;
    // Counted as it is removed: a part may fail midway.
    const freed: Freed = { features: [], folders: new Map(), runs: 0 };
    const withoutRowIds = await trying('store', () => removeExpiredFor(context, request, freed));
    if (found !== undefined) await trying('store', () => cleanStore(context, found.orphans, dryRun, freed));
    await trying('MLflow', () => cleanMlflow(context, time, dryRun, freed));
    const removed = [...freed.folders.values()];
    const features = freed.features.map(({ hash: snapshot, ...one }) => ({ snapshot, ...one }));
    const bytes = [...features, ...removed].reduce((sum, one) => sum + one.bytes, 0);
    return {
      ...{ dryRun, olderThan, features, withoutRowIds: withoutRowIds?.length ?? 0, removed, bytes },
      ...{ runs: freed.runs, strays: [...(found?.strays ?? [])], unchecked },
    };
  },
});

interface Freed {
  readonly features: RemovedFeatures[];
  readonly folders: Map<string, { readonly folder: string; readonly objects: number; readonly bytes: number }>;
  runs: number;
}

function timeBefore(olderThan: string, now: Date): Date {
  const time = new Date(before(instantOf(now.getTime()), [olderThan]));
  if (now.getTime() - time.getTime() >= shortest * 86_400_000) return time;
  throw errorOf('UsageInvalid', 'command', { problem: `expected at least P${shortest}D, found ${olderThan}` });
}

async function removalRequest({ ledger: { db }, actor }: Needs) {
  const subject = { kind: 'installation', id: await installationId(db) };
  return { operation: 'gc', actor, model: null, subject };
}

/** @param request null: only says what would go */
async function removeExpiredFor(
  { ledger, store, actor, now, onEvent }: Needs,
  request: number | null,
  { features }: Freed,
): Promise<string[]> {
  onEvent({ kind: 'step', step: 'looking for features whose retention has passed', detail: '' });
  const asked = request === null ? null : { actor, request };
  const onRemoved = (removed: RemovedFeatures) => void features.push(removed);
  return await removeExpiredFeatures({ ledger, store }, { now: now(), asked, dryRun: request === null, onRemoved });
}

/** @throws ReignError StoreShared where what the ledger does not name may be what another one needs */
async function lookAtStore({ ledger, store, onEvent }: Needs, olderThan: Date): Promise<FoundOrphans> {
  onEvent({ kind: 'step', step: 'looking at the store', detail: '' });
  const found = await orphanObjects({ ledger, store, evidenceRead: new Map() }, olderThan);
  if (found.orphans.length === 0) return found;
  await refuseShared(store, await installationId(ledger.db));
  if (!found.holdsNamed) throw errorOf('StoreShared', 'namesNothing', {});
  return found;
}

async function cleanStore(
  { ledger, store, onEvent }: Needs,
  orphans: readonly OrphanObject[],
  dryRun: boolean,
  { folders }: Freed,
): Promise<void> {
  for (const [at, orphan] of orphans.entries()) {
    const { folder, name } = orphan;
    const about = await store.about(folder, name);
    if (about === undefined || !(await isStillOrphan(store, orphan))) continue;
    if (!dryRun) {
      onEvent({ kind: 'step', step: 'removing from the store', detail: `${at + 1} of ${orphans.length}` });
      await removeObject({ ledger, store }, orphan);
    }
    const so = folders.get(folder) ?? { folder, objects: 0, bytes: 0 };
    folders.set(folder, { folder, objects: so.objects + 1, bytes: so.bytes + about.bytes });
  }
}

/** Code may be applied at this moment: that holds a lease. */
async function removeObject({ ledger, store }: Pick<Needs, 'ledger' | 'store'>, { folder, name }: OrphanObject) {
  if (folder === 'code') await deleteObject(ledger, store, { form: 'document', kind: 'code', hash: name });
  else await store.remove(folder, name);
}

async function cleanMlflow(
  { ledger, tracker, onEvent }: Needs,
  olderThan: Date,
  dryRun: boolean,
  freed: Freed,
): Promise<void> {
  if (tracker === null) return;
  onEvent({ kind: 'step', step: 'looking at MLflow', detail: '' });
  const asked = askingMlflow(tracker);
  for (const { model } of await models(ledger.db)) {
    for (const orphan of await orphanRunsOf({ ledger, ...asked }, model, olderThan)) {
      if (!dryRun) await removeRun(tracker, orphan);
      freed.runs++;
    }
  }
}

/** With the logged models that it made, and nothing else of its cycle: a new attempt may have begun. */
async function removeRun(tracker: Tracker, { model, runId, cycle }: OrphanRun): Promise<void> {
  const experiment = await findExperiment(tracker, model);
  const made = experiment === undefined ? [] : await searchLoggedModelsByTag(tracker, experiment, cycleTag, cycle);
  for (const { modelId, sourceRunId } of made) if (sourceRunId === runId) await deleteLoggedModel(tracker, modelId);
  await deleteRun(tracker, runId);
}
