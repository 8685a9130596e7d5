import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { errors } from '../../schemas/errors.ts';
import type { PendingActivity, WorkflowProgress } from '../../schemas/progress.ts';
import { stepName } from '../../schemas/stepNames.ts';

type Description = Pick<
  WorkflowExecutionDescription['raw'],
  'pendingActivities' | 'pendingWorkflowTask' | 'workflowExecutionInfo'
>;
type Pending = NonNullable<Description['pendingActivities']>[number];

/** How long nobody may take a task before it is said that nobody listens. */
export const patienceMilliseconds = 20_000;
/** How long a worker may take to answer what step the workflow is in. */
const answerMilliseconds = 2000;

/**
 * Looks at a workflow again and again. The workflow itself is asked for its step only where something has happened since the
 * last look: answering costs a worker a task.
 */
export function watcher(handle: WorkflowHandle): () => Promise<WorkflowProgress> {
  let seen: string | undefined;
  let said: Pick<WorkflowProgress, 'step' | 'detail'> = { step: null, detail: null };
  return async () => {
    const { raw } = await handle.describe();
    const length = String(raw.workflowExecutionInfo?.historyLength ?? '');
    if (length !== seen && raw.pendingWorkflowTask == null) {
      seen = length;
      said = await askStep(handle);
    }
    return { ...said, ...progressIn(raw) };
  };
}

/** What Temporal itself knows about where a workflow stands. */
export function progressIn(description: Description): Pick<WorkflowProgress, 'activities' | 'unattended'> {
  const { pendingActivities, pendingWorkflowTask: task } = description;
  return {
    activities: (pendingActivities ?? []).map(pendingActivity),
    unattended: task != null && task.startedTime == null && isOld(task.scheduledTime),
  };
}

async function askStep(handle: WorkflowHandle): Promise<Pick<WorkflowProgress, 'step' | 'detail'>> {
  try {
    return await handle.client.withDeadline(Date.now() + answerMilliseconds, () =>
      handle.query<{ step: string; detail: string | null }>('progress'),
    );
  } catch {
    // It has no steps, no worker answers, or it has just ended.
    return { step: null, detail: null };
  }
}

function pendingActivity(pending: Pending): PendingActivity {
  const activity = pending.activityType?.name ?? 'unknown';
  const said = saidBy(pending.lastFailure)?.slice(0, 200);
  return {
    activity,
    step: stepName(activity),
    attempt: pending.attempt ?? 1,
    startedAt: isoOf(pending.lastStartedTime),
    heartbeat: heartbeatOf(pending),
    lastError: said === undefined || said === '' ? null : said,
    unattended: pending.lastStartedTime == null && isOld(pending.scheduledTime),
  };
}

/** The catalogue's error, also where Temporal's SDK wrapped it into one of its own. */
function saidBy(outermost: Pending['lastFailure']): string | undefined {
  for (let failure = outermost; failure != null; failure = failure.cause) {
    if ((failure.applicationFailureInfo?.type ?? '') in errors) return failure.message ?? undefined;
  }
  return outermost?.message ?? undefined;
}

function heartbeatOf({ heartbeatDetails }: Pending): string | null {
  const payload = heartbeatDetails?.payloads?.[0];
  if (payload == null) return null;
  const beat: unknown = defaultPayloadConverter.fromPayload(payload);
  if (typeof beat === 'string') return beat;
  if (typeof beat !== 'object' || beat === null) return null;
  const words = Object.entries(beat).flatMap(([name, value]) => {
    if (typeof value === 'number') return [`${value.toLocaleString('en-US')} ${name}`];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return words.length === 0 ? null : words.join(', ');
}

interface Timestamp {
  readonly seconds?: unknown;
}

const isOld = (time: Timestamp | null | undefined): boolean =>
  time != null && Date.now() - Number(time.seconds) * 1000 > patienceMilliseconds;

const isoOf = (time: Timestamp | null | undefined): string | null =>
  time == null ? null : new Date(Number(time.seconds) * 1000).toISOString();
