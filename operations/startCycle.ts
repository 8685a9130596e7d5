import { type Client, WorkflowFailedError } from '@temporalio/client';
import { backfillOfLineage } from '../ledger/backfills.ts';
import { currentChampion } from '../ledger/champions.ts';
import { cycleById } from '../ledger/cycles.ts';
import { decisionsOf } from '../ledger/decisions.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import { lastQuestion } from '../ledger/waiting.ts';
import type { Actor } from '../schemas/actor.ts';
import { type Cycle, cycleId, isSettled, type Trigger } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { liveLineage } from '../schemas/lineage.ts';
import { workerQueue } from '../schemas/queues.ts';
import { personStep, rowsStep } from '../schemas/stepNames.ts';
import type { Outcome, RetrainRequest } from '../schemas/steps.ts';
import { versionName } from '../schemas/versionName.ts';
import { parseAsOf } from './parseAsOf.ts';
import { presentModel } from './presentModel.ts';
import { refuseRetired } from './refuseRetired.ts';
import { type Following, followWorkflow } from './watch/followWorkflow.ts';
import { workflowError } from './workflowError.ts';

export interface StartRequest {
  readonly model: string;
  /** As a person writes it: `2001-02-12`, or an ISO 8601 time with zone. */
  readonly asOf: string;
  readonly lineage: string;
  readonly trigger: Trigger;
  readonly now: Date;
  /** Who asks. */
  readonly actor: Actor;
}

interface PlannedStart {
  readonly id: string;
  /** Where the cycle ended well before: there is nothing to start. */
  readonly settled?: Cycle;
  readonly retrain: RetrainRequest;
}

/**
 * What starting would do, by the ledger alone: which cycle it is, and what it ended with where it is settled.
 *
 * @throws ReignError ModelUnknown, ModelRetired, AsOfInvalid, AsOfInFuture, AsOfBeforeChampion
 */
export async function planCycle(ledger: Ledger, request: StartRequest): Promise<PlannedStart> {
  const { model, lineage, trigger, now, actor } = request;
  const asOf = parseAsOf(request.asOf);
  if (Date.parse(asOf) > now.getTime()) throw errorOf('AsOfInFuture', 'future', { asOf });
  const { version } = await presentModel(ledger, model);
  const backfill = lineage === liveLineage ? undefined : await backfillOfLineage(ledger.db, { model, lineage });
  if (backfill !== undefined)
    throw errorOf('UsageInvalid', 'backfillDate', { cycle: `${model} ${asOf}`, backfill: backfill.id });
  const retrain: RetrainRequest = { model, lineage, asOf, definitionVersion: version, trigger, actor };
  const id = cycleId(retrain);
  const known = await cycleById(ledger.db, id);
  if (known !== undefined && isSettled(known, trigger)) return { id, retrain, settled: known };
  await refuseRetired(ledger, model, version);

  const champion = await currentChampion(ledger.db, model, lineage);
  if (champion !== undefined && champion.asOf > asOf) {
    const reigning = `${versionName(champion)}, which reigns, has the asOf ${champion.asOf}`;
    throw errorOf('AsOfBeforeChampion', 'beforeChampion', { asOf, champion: reigning });
  }
  return { id, retrain };
}

/** Starts the workflow of a planned cycle, or joins it where it runs. */
export async function startWorkflow(client: Client, retrain: RetrainRequest): Promise<void> {
  await client.workflow.start('retrain', {
    taskQueue: workerQueue,
    workflowId: cycleId(retrain),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [retrain],
  });
}

/**
 * Waits until a cycle has ended, or waits for a person or for rows, and reads from the ledger how.
 *
 * @throws ReignError where it ended without the ledger knowing about it: terminated in Temporal
 */
export async function awaitCycle(client: Client, ledger: Ledger, id: string, following: Following): Promise<Cycle> {
  let failure: unknown;
  const enough = new AbortController();
  const asking = Promise.withResolvers<Cycle>();
  const onEvent: Following['onEvent'] = async (event) => {
    following.onEvent(event);
    if (event.kind !== 'progress') return;
    const { step } = event.progress;
    const look = step === personStep ? undecided : step === rowsStep ? waitsForData : undefined;
    const waiting = await look?.(ledger, id).catch(() => undefined);
    if (waiting !== undefined) asking.resolve(waiting);
  };
  try {
    const signal = AbortSignal.any([following.signal, enough.signal]);
    const ending = followWorkflow<Outcome>(client.workflow.getHandle(id), { onEvent, signal });
    const asked = await Promise.race([ending.then(() => undefined), asking.promise]);
    if (asked !== undefined) {
      enough.abort();
      await ending.catch(() => {});
      return asked;
    }
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    failure = error;
  }
  const cycle = await cycleById(ledger.db, id);
  if (cycle !== undefined && cycle.endedAt !== null) return cycle;
  // It failed before the ledger knew it (nothing was claimed), or was terminated.
  throw failure === undefined ? errorOf('LedgerConflict', 'noOutcome', { cycle: id }) : workflowError(failure);
}

/** A challenge whose rows have not matured: it may take weeks. */
async function waitsForData({ db }: Ledger, id: string): Promise<Cycle | undefined> {
  const cycle = await cycleById(db, id);
  return cycle?.waitsFor === 'data' ? cycle : undefined;
}

/** A cycle that asks a person, as long as nobody has decided. */
async function undecided({ db }: Ledger, id: string): Promise<Cycle | undefined> {
  const cycle = await cycleById(db, id);
  if (cycle?.waitsFor !== 'person') return undefined;
  const [question, decisions] = [await lastQuestion(db, id), await decisionsOf(db, id)];
  return decisions.some(({ judgementNumber }) => judgementNumber === question?.number) ? undefined : cycle;
}
