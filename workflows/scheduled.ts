import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { cycleId } from '../schemas/cycle.ts';
import type { ScheduledRequest } from '../schemas/steps.ts';
import { control } from './proxies.ts';

/**
 * What a model's schedule starts at each nominal time: it starts the cycle of that time, or records why there is none,
 * and ends. The cycle itself may take days, and the schedule must not wait for it.
 */
export async function scheduled({ model }: ScheduledRequest): Promise<string> {
  const due = await control.dueCycle(model, nominalTime(), new Date().toISOString());
  if (due.kind === 'nothing') return due.summary;
  const workflowId = cycleId(due.request);
  try {
    await startChild('retrain', {
      workflowId,
      args: [due.request],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  } catch (error) {
    // It runs already: somebody started it by hand.
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
  }
  return workflowId;
}

/** The time that the schedule meant, free of delays, in whole seconds. */
function nominalTime(): string {
  const { searchAttributes, startTime } = workflowInfo();
  const [meant = startTime] = (searchAttributes.TemporalScheduledStartTime ?? []) as (Date | string)[];
  return `${new Date(meant).toISOString().slice(0, 19)}Z`;
}
