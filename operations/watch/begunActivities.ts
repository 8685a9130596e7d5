import type { WorkflowHandle } from '@temporalio/client';

/**
 * The types of the activities that a workflow begins, in its order and with none left out: each time something has happened,
 * those that are new since the last time (often none). Temporal is asked once, and answers when something happens.
 *
 * @param ended ends the waiting
 */
export async function* begunActivities(handle: WorkflowHandle, ended: AbortSignal): AsyncGenerator<string[]> {
  const { client, workflowId } = handle;
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | undefined;
  while (!ended.aborted) {
    const request = {
      ...{ namespace, execution: { workflowId }, waitNewEvent: true },
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    };
    const answer = await client.withAbortSignal(ended, () =>
      client.workflowService.getWorkflowExecutionHistory(request),
    );
    const events = answer.history?.events ?? [];
    // Without an event the server has only ended a wait of its own.
    if (events.length > 0)
      yield events.flatMap((event) => {
        const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
        return name == null ? [] : [name];
      });
    if (answer.nextPageToken == null || answer.nextPageToken.length === 0) return;
    nextPageToken = answer.nextPageToken;
  }
}
