import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { expectProjection } from '../ledger/pendingProjections.ts';
import { recordOutcome } from '../ledger/recordOutcome.ts';
import { nextInTurn } from '../ledger/turns.ts';
import type { Cycle } from '../schemas/cycle.ts';
import type { CancelRequest } from '../schemas/steps.ts';
import type { OperationContext } from './context.ts';
import { wake } from './wake.ts';
import { runningWorkflow } from './watch/runningWorkflow.ts';

type Ending =
  | { readonly kind: 'ended'; readonly cycle: Cycle }
  /** It ends as soon as a worker hears it. */
  | { readonly kind: 'asked'; readonly workflow: WorkflowHandle };

/** Asks the workflow of a cycle to end as cancelled; where none runs any more, records that it has ended. */
export async function askToEnd(
  { ledger, temporal }: Pick<OperationContext, 'ledger' | 'temporal'>,
  cycle: Pick<Cycle, 'id' | 'model' | 'attempt'>,
  asked: CancelRequest,
): Promise<Ending> {
  const workflow = await runningWorkflow(await temporal(), cycle.id);
  if (workflow !== undefined) {
    try {
      await workflow.signal('cancel', asked);
      await workflow.cancel();
      return { kind: 'asked', workflow };
    } catch (error) {
      // It has ended meanwhile: what it recorded stays.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  // Nobody is left who could record it: its workflow was terminated, or its history has gone.
  const summary = `Cancelled by ${asked.by}: ${asked.reason}`;
  // The next worker lets MLflow follow: a run that was left running ends.
  await expectProjection(ledger.db, { cycle: cycle.id, model: cycle.model, part: 'outcome' });
  const { id, attempt } = cycle;
  const ended = await recordOutcome(ledger.db, id, { attempt, status: 'cancelled', summary });
  const next = await nextInTurn(ledger.db, ended);
  if (next !== undefined) await wake(temporal, next, 'turn');
  return { kind: 'ended', cycle: ended };
}
