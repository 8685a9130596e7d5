import { WorkflowNotFoundError } from '@temporalio/client';
import { cycleById, unendedCycles } from '../ledger/cycles.ts';
import { everyModel } from '../ledger/definitions.ts';
import { event } from '../ledger/events.ts';
import { expectProjection } from '../ledger/pendingProjections.ts';
import { recordOutcome } from '../ledger/recordOutcome.ts';
import type { Retirement } from '../ledger/retirements.ts';
import { promotionOf } from '../ledger/storedJudgements.ts';
import { tellNextInTurn } from '../orchestrator/tellNextInTurn.ts';
import { type WorkflowState, workflowState } from '../orchestrator/workflowState.ts';
import { tell } from '../report/messages.ts';
import { type Cycle, commandAgain } from '../schemas/cycle.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import type { CancelRequest } from '../schemas/steps.ts';
import { discrepancy } from './discrepancy.ts';
import type { TemporalWorld } from './world.ts';

/**
 * Cycles that run or wait by the ledger, against Temporal's workflows. One whose workflow is over, or unknown, ends as
 * failed: nobody is left who could go on with it, and it would hold up the next one. It is not started again, because
 * whoever terminated it may have meant it. One of a retired model is asked to end, where Temporal did not hear of that.
 */
export async function compareCycles(world: TemporalWorld): Promise<Discrepancy[]> {
  const found: Discrepancy[] = [];
  const unended = await unendedCycles(world.ledger.db);
  const models = new Map((await everyModel(world.ledger.db)).map((one) => [one.model, one]));
  for (const cycle of unended) {
    const state = await workflowState(world.client, cycle.id);
    if (state.kind === 'running') {
      const retirement = models.get(cycle.model)?.retirement ?? null;
      if (retirement !== null) found.push(...(await endRetired(world, cycle, retirement)));
      continue;
    }
    // A Temporal that was restored from a copy may still learn of what has just begun.
    if (state.kind === 'unknown' && Date.now() - Date.parse(cycle.startedAt) < world.grace) continue;
    const lost = await close(world, cycle, state);
    if (lost === null) continue;
    found.push(lost);
    if (world.repair !== null) await tellNextInTurn(world.client, world.ledger.db, cycle);
  }
  return found;
}

/** As the retirement would have done, had Temporal answered. */
async function endRetired(
  { ledger: { db }, client, repair, grace }: TemporalWorld,
  { id, model, attempt }: Cycle,
  { by, reason, at }: Retirement,
): Promise<Discrepancy[]> {
  if (Date.now() - Date.parse(at) < grace) return [];
  const message = tell('reconcile.retirement-unheard', { cycle: id });
  const difference = { kind: 'retirement-unheard', part: 'Temporal', model, cycle: id, message } as const;
  const workflow = client.workflow.getHandle(id);
  try {
    const { raw } = await workflow.describe();
    // It ends as soon as a worker hears it.
    if (raw.workflowExtendedInfo?.cancelRequested) return [];
    if (repair === null) return [discrepancy({ ...difference, advice: 'reign reconcile asks it to end.' }, 'found')];
    const asked: CancelRequest = { by, reason: `${model} was retired: ${reason}` };
    await workflow.signal('cancel', asked);
    await workflow.cancel();
  } catch (error) {
    // It has ended meanwhile.
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
  await event(db, { model, cycle: id, kind: 'retirement-unheard', detail: { attempt }, key: `${attempt} ${at}` });
  return [discrepancy(difference, 'repaired')];
}

async function close(
  { ledger: { db }, repair }: TemporalWorld,
  cycle: Cycle,
  state: Exclude<WorkflowState, { kind: 'running' }>,
): Promise<Discrepancy | null> {
  const { id, model, attempt } = cycle;
  // It may have ended, or have begun anew, while Temporal was asked.
  const now = await cycleById(db, id);
  if (now === undefined || now.endedAt !== null || now.attempt !== attempt) return null;
  const error = reasonOf(id, state);
  const { code, message, advice } = error;
  const difference = {
    ...({ kind: 'workflow-gone', part: 'Temporal', model, cycle: id } as const),
    message: tell('reconcile.workflow-gone', { status: now.status, reason: message }),
  };
  const again = `To run it again: ${commandAgain(cycle)}`;
  // What was crowned stays so, and is not run again.
  const crowned = 'It had promoted its version, so it ends as promoted.';
  if (!repair) {
    const next = (await promotionOf(db, id)) === undefined ? again : crowned;
    return discrepancy({ ...difference, advice: `End it with reign reconcile. ${next}` }, 'found');
  }
  // The next worker lets MLflow follow: a run that was left running ends.
  await expectProjection(db, { cycle: id, model, part: 'outcome' });
  const failure = { code, message, advice, step: 'unknown step', traceback: null };
  let next: string;
  try {
    const closed = await recordOutcome(db, id, { attempt, status: 'failed', summary: message, failure });
    // A crowned cycle has its promotion, whatever became of its workflow.
    if (closed.status !== 'failed' && closed.status !== 'promoted') return null;
    next = closed.status === 'promoted' ? crowned : again;
  } catch (refused) {
    // It was started again meanwhile.
    if (refused instanceof ReignError && refused.code === 'LedgerConflict') return null;
    throw refused;
  }
  await event(db, {
    model,
    cycle: id,
    kind: 'workflow-gone',
    detail: { attempt, reason: message },
    key: String(attempt),
  });
  return discrepancy({ ...difference, advice: next }, 'repaired');
}

function reasonOf(cycle: string, state: Exclude<WorkflowState, { kind: 'running' }>): ReignError {
  if (state.kind === 'unknown') return errorOf('WorkflowGone', 'unknown', { cycle });
  const { status, by, reason } = state;
  if (status !== 'TERMINATED') return errorOf('WorkflowGone', 'over', { cycle, status });
  const why = reason === null ? '' : `: ${reason}`;
  return errorOf('WorkflowGone', 'terminated', { cycle, by: by === null ? '' : ` by ${by}`, why });
}
