import type { Client } from '@temporalio/client';
import { backfillWorkflowId } from '../../schemas/backfill.ts';
import { workerQueue } from '../../schemas/queues.ts';

/** Tells the workflow of a backfill to look into the ledger; begins it where none runs. */
export async function tellBackfill(client: Client, id: string): Promise<void> {
  await client.workflow.signalWithStart('backfill', {
    taskQueue: workerQueue,
    workflowId: backfillWorkflowId(id),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [{ id }],
    signal: 'turn',
    priority: { priorityKey: 5 },
  });
}
