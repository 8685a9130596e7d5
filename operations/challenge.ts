import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { refuseTrained } from '../gate/refuseTrained.ts';
import { firstAsOfAfter } from '../gate/windows.ts';
import { currentChampion } from '../ledger/champions.ts';
import { challengesOf, cycleById } from '../ledger/cycles.ts';
import { type OutsideVersion, outsideVersionOf } from '../ledger/outsideVersions.ts';
import { versionOf } from '../ledger/versions.ts';
import { warningsOf } from '../ledger/warnings.ts';
import { Cycle, cycleId, settledStatuses } from '../schemas/cycle.ts';
import type { Definition } from '../schemas/definition.ts';
import { instantOf } from '../schemas/durations.ts';
import { errorOf } from '../schemas/errors.ts';
import { liveLineage } from '../schemas/lineage.ts';
import type { Window } from '../schemas/primitives.ts';
import { trainerQueue, workerQueue } from '../schemas/queues.ts';
import type { AdmitRequest, ChallengeRequest } from '../schemas/steps.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { parseAsOf } from './parseAsOf.ts';
import { presentModel } from './presentModel.ts';
import { refuseRetired } from './refuseRetired.ts';
import { awaitCycle } from './startCycle.ts';
import { toReignError } from './toReignError.ts';
import { awaitWorker } from './watch/awaitWorker.ts';
import { followWorkflow } from './watch/followWorkflow.ts';

type Needs = Pick<OperationContext, 'ledger' | 'temporal' | 'actor' | 'now' | 'signal' | 'onEvent'>;

export const challengeOperation = operation({
  name: 'challenge',
  description: 'judge a version that you fitted and registered in MLflow yourself against the champion',
  request: z.strictObject({
    model: z.string(),
    /** Its number in MLflow's registry. */
    version: z.int().positive(),
    /** Why. The ledger keeps it for ever. */
    reason: z.string().regex(/\S/, 'why, in words'),
    /** Judge at once, on the newest holdout, also where it begins before the registration: then `review` at best. */
    now: z.boolean().default(false),
    /** The same for the holdout of another time. */
    asOf: z.string().optional(),
    /** The period that it was fitted on, `FROM/TO`, where its MLflow run does not say so. */
    trainedOn: z.string().optional(),
    /** Whether to answer only when the cycle has ended, or waits for a person or for rows. */
    wait: z.boolean().default(false),
  }),
  answer: Cycle.extend({ warnings: z.array(z.string()) }),
  run: async (context: Needs, { model, version, reason, now, asOf: given, trainedOn, wait }) => {
    const { ledger, actor, signal, onEvent } = context;
    const { db } = ledger;
    if (now && given !== undefined) throw errorOf('ChallengeRefused', 'nowAndAsOf', {});
    const said = trainedOn === undefined ? null : parseWindow(trainedOn);
    const latest = await presentModel(ledger, model);
    await refuseRetired(ledger, model, latest.version);
    if ((await currentChampion(db, model, liveLineage))?.version === version)
      throw errorOf('ChallengeRefused', 'reigns', { model, version });
    const fitted = await versionOf(db, { model, version });
    if (fitted !== undefined) throw errorOf('ChallengeRefused', 'fittedHere', { model, version, cycle: fitted.cycle });
    const withWarnings = async (cycle: Cycle) => ({ ...cycle, warnings: await warningsOf(db, cycle.id) });

    const client = await context.temporal();
    const known = await outsideVersionOf(db, model, version);
    if (known !== undefined) refuseOtherTraining(known, said);
    const asked = { model, version, definitionVersion: latest.version, trainedOn: said, actor, reason };
    const registered = known ?? (await admit(client, context, asked));
    const elsewhen = now || given !== undefined;
    const challenges = await challengesOf(db, registered.id);
    const open = challenges.find(({ endedAt }) => endedAt === null);
    if (open !== undefined && elsewhen && (given === undefined || parseAsOf(given) !== open.asOf))
      throw errorOf('ChallengeRefused', 'open', { model, version, cycle: open.id });
    const settled = elsewhen ? undefined : challenges.find(({ status }) => settledStatuses.includes(status));
    if (open === undefined && settled !== undefined) return await withWarnings(settled);

    const asOf = open?.asOf ?? asOfOf(registered, latest.definition, { now: context.now(), at: now, given });
    const request: ChallengeRequest = {
      ...{ model, lineage: liveLineage, asOf, definitionVersion: open?.definitionVersion ?? latest.version },
      ...{ trigger: 'manual', actor, challenger: version, reason },
    };
    const id = cycleId(request);
    await client.workflow.start('challenge', {
      ...{ taskQueue: workerQueue, workflowId: id, args: [request] },
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    const cycle = wait ? await awaitCycle(client, ledger, id, { signal, onEvent }) : await begun(context, id);
    return await withWarnings(cycle);
  },
});

/** Lets the version into the ledger; says at once what keeps it from being judged. */
async function admit(
  client: Client,
  { ledger, signal, onEvent }: Needs,
  request: AdmitRequest,
): Promise<OutsideVersion> {
  const { model, version } = request;
  const following = { signal, onEvent };
  await awaitWorker(client, workerQueue, following);
  await awaitWorker(client, trainerQueue, following);
  const handle = await client.workflow.start('admit', {
    ...{ taskQueue: workerQueue, workflowId: `admit.${model}.${version}`, args: [request] },
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  await followWorkflow<void>(handle, following).catch((error: unknown) => {
    throw toReignError(error);
  });
  const registered = await outsideVersionOf(ledger.db, model, version);
  if (registered === undefined) throw errorOf('ChallengeRefused', 'notRegistered', { model, version });
  return registered;
}

/** Waits until the ledger has the cycle. */
async function begun({ ledger, signal, temporal }: Needs, id: string): Promise<Cycle> {
  const client = await temporal();
  const handle = client.workflow.getHandle(id);
  const over = handle.result().then(
    () => true,
    () => true,
  );
  for (;;) {
    const cycle = await cycleById(ledger.db, id);
    if (cycle !== undefined) return cycle;
    signal.throwIfAborted();
    const ended = await Promise.race([over, new Promise<false>((resolve) => setTimeout(() => resolve(false), 200))]);
    if (ended && (await cycleById(ledger.db, id)) === undefined)
      await handle.result().catch((error: unknown) => {
        throw toReignError(error);
      });
  }
}

/** When it is judged: as soon as a holdout has matured that begins after its registration and its training, or at once. */
function asOfOf(
  outside: OutsideVersion,
  { windows }: Definition,
  { now, at, given }: { readonly now: Date; readonly at: boolean; readonly given: string | undefined },
): string {
  const present = instantOf(Math.floor(now.getTime() / 1000) * 1000);
  const asOf = given === undefined ? present : parseAsOf(given);
  if (Date.parse(asOf) > now.getTime()) throw errorOf('AsOfInFuture', 'future', { asOf });
  if (at || given !== undefined) {
    refuseTrained(outside, asOf, windows);
    return asOf;
  }
  const { registeredAt, trainWindow } = outside;
  const unseen = trainWindow !== null && trainWindow.to > registeredAt ? trainWindow.to : registeredAt;
  const first = firstAsOfAfter(unseen, windows);
  return first > present ? first : present;
}

function refuseOtherTraining({ model, version, trainWindow }: OutsideVersion, said: Window | null): void {
  if (said === null || (trainWindow?.from === said.from && trainWindow.to === said.to)) return;
  const known =
    trainWindow === null ? 'rows that nobody knows' : `the rows from ${trainWindow.from} to ${trainWindow.to}`;
  throw errorOf('ChallengeRefused', 'trainingFixed', { model, version, known });
}

/** `FROM/TO`, each a date or a time. */
function parseWindow(text: string): Window {
  const [from, to, ...more] = text.split('/');
  try {
    const window = { from: parseAsOf(from ?? ''), to: parseAsOf(to ?? '') };
    if (more.length === 0 && window.from < window.to) return window;
  } catch {
    // As below.
  }
  throw errorOf('ChallengeRefused', 'trainedOnInvalid', { found: JSON.stringify(text.slice(0, 80)) });
}
