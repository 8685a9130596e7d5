import { userInfo } from 'node:os';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { currentChampion } from '../ledger/champions.ts';
import { cycleById } from '../ledger/cycles.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import { type Actor, osUser } from '../schemas/actor.ts';
import { type Cycle, cycleId, isSettled, type Trigger } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { workerQueue } from '../schemas/queues.ts';
import type { Outcome, RetrainRequest } from '../schemas/steps.ts';
import { type FollowOptions, followWorkflow } from './followWorkflow.ts';
import { knownModel } from './knownModel.ts';
import { parseAsOf } from './parseAsOf.ts';
import { workflowError } from './workflowError.ts';

export interface StartRequest {
  readonly model: string;
  /** As a person writes it: `2001-02-12`, or an ISO 8601 time with zone. */
  readonly asOf: string;
  readonly trigger: Trigger;
  readonly now: Date;
  /** Who asks. Default: the user of this machine. */
  readonly actor?: Actor;
}

export interface StartedCycle {
  readonly id: string;
  /** Where the cycle had ended before, well: nothing was started. */
  readonly settled?: Cycle;
}

/**
 * What starting would do, by the ledger alone: which cycle it is, and what it ended with where it is settled.
 *
 * @throws ReignError ModelUnknown, AsOfInvalid, AsOfInFuture, AsOfBeforeChampion
 */
export async function planCycle(
  ledger: Ledger,
  request: StartRequest,
): Promise<StartedCycle & { readonly retrain: RetrainRequest }> {
  const { model, trigger, now, actor = osUser(userInfo().username) } = request;
  const asOf = parseAsOf(request.asOf);
  if (Date.parse(asOf) > now.getTime()) throw errorOf('AsOfInFuture', 'future', { asOf });
  const { version } = await knownModel(ledger, model);
  const retrain: RetrainRequest = { model, lineage: 'live', asOf, definitionVersion: version, trigger, actor };
  const id = cycleId(retrain);
  const known = await cycleById(ledger.db, id);
  if (known !== undefined && isSettled(known, trigger)) return { id, retrain, settled: known };

  const champion = await currentChampion(ledger.db, model, 'live');
  if (champion !== undefined && champion.asOf > asOf) {
    const reigning = `version ${champion.version}, which reigns, has the asOf ${champion.asOf}`;
    throw errorOf('AsOfBeforeChampion', 'beforeChampion', { asOf, champion: reigning });
  }
  return { id, retrain };
}

/**
 * Starts the cycle of a model for one asOf, by its latest definition. A running one is joined, a settled one is
 * returned, a failed or cancelled one gets a new attempt.
 *
 * @throws ReignError as planCycle does
 */
export async function startCycle(client: Client, ledger: Ledger, request: StartRequest): Promise<StartedCycle> {
  const { id, retrain, settled } = await planCycle(ledger, request);
  if (settled !== undefined) return { id, settled };
  await startWorkflow(client, retrain);
  return { id };
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
 * Waits until a cycle has ended and reads from the ledger how.
 *
 * @throws ReignError where it ended without the ledger knowing about it: terminated in Temporal
 */
export async function awaitCycle(client: Client, ledger: Ledger, id: string, options: FollowOptions): Promise<Cycle> {
  let failure: unknown;
  try {
    await followWorkflow<Outcome>(client.workflow.getHandle(id), options);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    failure = error;
  }
  const cycle = await cycleById(ledger.db, id);
  if (cycle !== undefined && cycle.endedAt !== null) return cycle;
  // It failed before the ledger knew it (nothing was claimed), or was terminated.
  throw failure === undefined ? errorOf('LedgerConflict', 'noOutcome', { cycle: id }) : workflowError(failure);
}
