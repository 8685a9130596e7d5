import type { OperationEvent } from '../operations/events.ts';
import type { PendingActivity, WorkflowProgress } from '../schemas/progress.ts';
import { trainerQueue, workerQueue } from '../schemas/queues.ts';
import type { ProgressLine, ShownTask } from './progress.ts';

/** Shows what happens while an operation runs. */
export function showEvent(line: ProgressLine, event: OperationEvent): void {
  if (event.kind === 'step') line.at(event.step, event.detail);
  else if (event.kind === 'awaiting-worker') line.tasks([noWorker(event.queue)]);
  else {
    const tasks = tasksOf(event.progress);
    // Between two activities a terminal goes on showing the first.
    if (tasks.length > 0) line.tasks(tasks, event.begun);
    else line.begun(event.begun);
  }
}

/** What a workflow is busy with, as a person reads it. */
export function tasksOf({ activities, unattended, step, detail }: WorkflowProgress): ShownTask[] {
  if (activities.length > 0)
    return activities.map((activity) => taskOf(activity, activity.step === step ? detail : null));
  if (unattended) return [noWorker(workerQueue)];
  // Without an activity under way, the workflow says what it waits for.
  return step === null || detail === null ? [] : [{ step, detail, waits: true }];
}

function taskOf(
  { step, attempt, lastError, unattended, heartbeat }: PendingActivity,
  /** Whom the workflow waits for, where it says so. */
  by: string | null,
): ShownTask {
  if (attempt > 1 && lastError !== null)
    return { step, detail: `attempt ${attempt}, since: ${lastError}`, waits: true };
  if (!unattended) return { step, detail: heartbeat ?? '', waits: false };
  if (by !== null) return { step, detail: `to be done ${by}: none has taken it`, waits: true };
  const detail = `nobody has taken it: no trainer or worker is listening (queues ${trainerQueue}, ${workerQueue})`;
  return { step, detail, waits: true };
}

const noWorker = (queue: string): ShownTask => ({
  step: `no worker is listening on the queue ${queue}`,
  detail: 'waiting for one',
  waits: true,
});
