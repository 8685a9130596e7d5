import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';

/** The workflow of a cycle, where it runs. */
export async function runningWorkflow(client: Client, id: string): Promise<WorkflowHandle | undefined> {
  const handle = client.workflow.getHandle(id);
  try {
    return (await handle.describe()).status.name === 'RUNNING' ? handle : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
