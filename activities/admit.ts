import { activityInfo } from '@temporalio/activity';
import { z } from 'zod';
import { definitionVersion } from '../ledger/definitions.ts';
import { admitVersion } from '../ledger/outsideVersions.ts';
import { versionOf } from '../ledger/versions.ts';
import { errorOf } from '../schemas/errors.ts';
import type { ExamineResult, TrackedRun } from '../schemas/payloads.ts';
import { Hash, Window } from '../schemas/primitives.ts';
import { Manifest } from '../schemas/snapshot.ts';
import type { AdmitRequest, FoundVersion } from '../schemas/steps.ts';
import { getVersion, type RegisteredVersion, registrationOf } from '../tracker/registry.ts';
import { getRunInputs, type RunDataset } from '../tracker/runInputs.ts';
import { cycleTag } from '../tracker/tags.ts';
import { isUser } from './checkRequest.ts';
import type { World } from './world.ts';

export const admitActivities = (world: World) => ({
  /**
   * Looks a version up in MLflow: when it was registered, and which rows it was fitted on where its run says so.
   *
   * @throws ReignError ChallengeRefused
   */
  async findVersion(request: AdmitRequest): Promise<FoundVersion> {
    const { db } = world.ledger;
    const { model, version, definitionVersion: number, trainedOn } = request;
    const workflow = activityInfo().workflowExecution?.workflowId ?? '';
    // Whoever reaches Temporal can start a workflow with any request.
    if (!isUser(request.actor)) throw errorOf('RequestForged', 'actor', { cycle: workflow });
    const stored = await definitionVersion(db, model, number);
    if (stored === undefined) throw errorOf('ModelUnknown', 'versionNotApplied', { version: number, model });
    const found = await getVersion(world.tracker, model, version);
    if (found === undefined) throw errorOf('ChallengeRefused', 'notRegistered', { model, version });
    await refuseFittedHere(world, request, found);
    const registeredAt = registrationOf(found);
    const inputs = found.runId === '' ? undefined : await getRunInputs(world.tracker, found.runId);
    const logged = await trainingOf(world, model, inputs?.datasets ?? []);
    if (logged !== null && trainedOn !== null && !sameWindow(logged.trainWindow, trainedOn))
      throw errorOf('ChallengeRefused', 'trainingKnown', {
        model,
        version,
        ...logged.trainWindow,
        by: 'its run in MLflow says',
      });
    if (trainedOn !== null && trainedOn.to > registeredAt)
      throw errorOf('ChallengeRefused', 'trainedAfterRegistration', {
        ...{ model, version, to: trainedOn.to, registered: registeredAt },
      });
    const run: TrackedRun | null =
      inputs === undefined || found.modelId === null
        ? null
        : { experimentId: inputs.experimentId, runId: found.runId, modelId: found.modelId };
    return {
      modelUri: found.modelId === null ? `models:/${model}/${version}` : `models:/${found.modelId}`,
      ...{ registeredAt, run },
      ...(logged ?? { trainSnapshot: null, trainRows: null, trainWindow: trainedOn }),
      ...{ definition: stored.definition, columns: stored.columns },
    };
  },

  /** Registers a version that was examined with the ledger. */
  async admit(
    { model, version, actor, reason }: AdmitRequest,
    { modelUri, registeredAt, run, trainSnapshot, trainRows, trainWindow }: FoundVersion,
    { files, digest }: ExamineResult,
  ): Promise<void> {
    await admitVersion(world.ledger.db, {
      ...{ model, version, modelUri, files, digest, registeredAt, run, actor, reason },
      ...{ trainSnapshot, trainRows, trainWindow },
    });
  },
});

async function refuseFittedHere(
  { ledger: { db } }: World,
  { model, version }: AdmitRequest,
  { tags }: RegisteredVersion,
): Promise<void> {
  const fitted = await versionOf(db, { model, version });
  if (fitted !== undefined) throw errorOf('ChallengeRefused', 'fittedHere', { model, version, cycle: fitted.cycle });
  const cycle = tags[cycleTag];
  if (cycle !== undefined) throw errorOf('ChallengeRefused', 'ofOtherCycle', { model, version, cycle });
}

/** What `reign.load` writes into the source of a dataset. */
const Loaded = z.object({ reign: z.object({ model: z.string(), snapshot: Hash, window: Window }) });

type Training = Pick<FoundVersion, 'trainSnapshot' | 'trainRows'> & { readonly trainWindow: Window };

/** Which rows a run was trained on, where `reign.load` logged them. Several snapshots are known by their whole period only. */
async function trainingOf({ store }: World, model: string, datasets: readonly RunDataset[]): Promise<Training | null> {
  const loaded = datasets
    .filter(({ context }) => context === 'train')
    .flatMap(({ source }) => {
      const { reign } = Loaded.safeParse(parsed(source)).data ?? {};
      return reign === undefined || reign.model !== model ? [] : [reign];
    });
  const [first] = loaded;
  if (first === undefined) return null;
  const trainWindow = {
    from: loaded.map(({ window }) => window.from).reduce((a, b) => (a < b ? a : b)),
    to: loaded.map(({ window }) => window.to).reduce((a, b) => (a > b ? a : b)),
  };
  const isOne = loaded.every(({ snapshot }) => snapshot === first.snapshot);
  if (!isOne || !(await store.hasRows('snapshots', first.snapshot)))
    return { trainSnapshot: null, trainRows: null, trainWindow };
  const { rows } = Manifest.parse(await store.readManifest('snapshots', first.snapshot));
  return { trainSnapshot: first.snapshot, trainRows: rows, trainWindow };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const sameWindow = (a: Window, b: Window): boolean => a.from === b.from && a.to === b.to;
