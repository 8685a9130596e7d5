import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/** What Temporal knows of a workflow. */
export type WorkflowState =
  | { readonly kind: 'running' }
  /** It never existed here, or its history is past Temporal's retention. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'over';
      /** TERMINATED, TIMED_OUT, FAILED, CANCELLED or COMPLETED. */
      readonly status: string;
      /** Of a workflow that somebody terminated: who, and why where they said so. */
      readonly by: string | null;
      readonly reason: string | null;
    };

/** Asks Temporal about the latest run of a workflow. */
export async function workflowState(client: Client, workflowId: string): Promise<WorkflowState> {
  try {
    const { status, runId } = await client.workflow.getHandle(workflowId).describe();
    if (status.name === 'RUNNING') return { kind: 'running' };
    const who = status.name === 'TERMINATED' ? await termination(client, workflowId, runId) : nobody;
    return { kind: 'over', status: status.name, ...who };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'unknown' };
    throw error;
  }
}

const nobody = { by: null, reason: null };

async function termination(client: Client, workflowId: string, runId: string) {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    ...{ namespace: client.options.namespace, execution: { workflowId, runId }, maximumPageSize: 1 },
  });
  const ended = history?.events?.[0]?.workflowExecutionTerminatedEventAttributes;
  return { by: ended?.identity || null, reason: ended?.reason || null };
}
