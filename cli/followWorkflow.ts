import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { errors, ReignError } from '../schemas/errors.ts';
import { trainerQueue, workerQueue } from '../schemas/queues.ts';
import { stepName } from '../schemas/stepNames.ts';

/** Where a workflow stands, as it is shown while somebody waits. */
export interface Standing {
  readonly step: string;
  readonly detail: string;
  /** Whether it waits for something that the detail names: a server that does not answer, a worker. */
  readonly waits: boolean;
  /** Steps that run at the same time, in the order in which they began. */
  readonly beside?: readonly string[];
}

export interface FollowOptions {
  readonly onStanding?: (standing: Standing) => void;
  /** Ends the waiting, not the workflow. */
  readonly signal?: AbortSignal;
}

const pollMilliseconds = 700;
/** How long nobody may take a task before it is said that nobody listens. */
const patienceMilliseconds = 20_000;

/** Waits for a workflow's result and tells where it stands. */
export async function followWorkflow<R>(
  handle: WorkflowHandle<() => Promise<R>>,
  { onStanding, signal }: FollowOptions,
): Promise<R> {
  const ended = new AbortController();
  const interrupted = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(new ReignError('Interrupted', `stopped waiting; ${handle.workflowId} goes on`));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { signal: ended.signal });
  });
  const watching = onStanding === undefined ? undefined : watch(handle, onStanding, ended.signal);
  try {
    return await Promise.race([handle.result(), interrupted]);
  } finally {
    ended.abort();
    await watching;
  }
}

async function watch(
  handle: WorkflowHandle,
  onStanding: (standing: Standing) => void,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    try {
      const { raw } = await handle.describe();
      const standing = standingOf(raw) ?? (await waitingStanding(handle, raw));
      if (standing !== undefined && !ended.aborted) onStanding(standing);
    } catch {
      // Temporal does not answer just now: the result, which is asked for too, decides.
    }
    await sleep(pollMilliseconds, undefined, { signal: ended }).catch(() => {});
  }
}

type Description = WorkflowExecutionDescription['raw'];
type Pending = NonNullable<Description['pendingActivities']>[number];

/** Where a workflow stands: of several steps at once, the one that waits, else the one that began first. */
export function standingOf({
  pendingActivities,
  pendingWorkflowTask,
}: Pick<Description, 'pendingActivities' | 'pendingWorkflowTask'>): Standing | undefined {
  const standings = (pendingActivities ?? [])
    .toSorted((a, b) => Number(a.activityId) - Number(b.activityId))
    .map((activity) => ({ step: stepName(activity.activityType?.name ?? 'working'), ...detailOf(activity) }));
  const shown = standings.find(({ waits }) => waits) ?? standings[0];
  if (shown !== undefined) {
    const others = standings.map(({ step }) => step).filter((step) => step !== shown.step);
    return { ...shown, beside: [...new Set(others)] };
  }
  const waiting = pendingWorkflowTask?.startedTime == null && isOld(pendingWorkflowTask?.scheduledTime);
  return waiting
    ? { step: `no worker is listening on the queue ${workerQueue}`, detail: 'waiting for one', waits: true }
    : undefined;
}

/** An activity that failed before and is tried again. */
export interface TriedAgain {
  readonly step: string;
  /** The attempt that runs, or is to come. */
  readonly attempt: number;
  /** Why the last one failed. */
  readonly reason: string;
}

/** The activities of a running workflow that are not on their first attempt. */
export function triedAgain({ pendingActivities }: Pick<Description, 'pendingActivities'>): TriedAgain[] {
  return (pendingActivities ?? []).flatMap((activity) => {
    const { attempt } = activity;
    if (attempt == null || attempt < 2) return [];
    const name = activity.activityType?.name ?? 'working';
    const reason = (saidBy(activity.lastFailure) || 'the reason is not known').slice(0, 200);
    return [{ step: stepName(name), attempt, reason }];
  });
}

/** What a workflow that has no activity under way waits for. */
async function waitingStanding(
  handle: WorkflowHandle,
  { pendingWorkflowTask }: Description,
): Promise<Standing | undefined> {
  if (pendingWorkflowTask != null) return undefined;
  const { step, detail } = await handle.query<{ step: string; detail: string | null }>('progress');
  return detail === null ? undefined : { step, detail, waits: true };
}

function detailOf(activity: Pending): Pick<Standing, 'detail' | 'waits'> {
  const said = saidBy(activity.lastFailure);
  const attempt = activity.attempt ?? 1;
  if (attempt > 1 && said) return { detail: `attempt ${attempt}, since: ${said.slice(0, 200)}`, waits: true };
  const neverStarted = activity.lastStartedTime == null && isOld(activity.scheduledTime);
  if (neverStarted) {
    const detail = `nobody has taken it: no trainer or worker is listening (queues ${trainerQueue}, ${workerQueue})`;
    return { detail, waits: true };
  }
  return { detail: heartbeatText(activity), waits: false };
}

/** The catalogue's error, also where Temporal's SDK wrapped it into one of its own. */
function saidBy(outermost: Pending['lastFailure']): string | null | undefined {
  for (let failure = outermost; failure != null; failure = failure.cause) {
    if ((failure.applicationFailureInfo?.type ?? '') in errors) return failure.message;
  }
  return outermost?.message;
}

function heartbeatText({ heartbeatDetails }: Pending): string {
  const payload = heartbeatDetails?.payloads?.[0];
  if (payload == null) return '';
  const beat: unknown = defaultPayloadConverter.fromPayload(payload);
  if (typeof beat === 'string') return beat;
  if (typeof beat !== 'object' || beat === null) return '';
  return Object.entries(beat)
    .flatMap(([name, value]) => {
      if (typeof value === 'number') return [`${value.toLocaleString('en-US')} ${name}`];
      return typeof value === 'string' && value !== '' ? [value] : [];
    })
    .join(', ');
}

interface Timestamp {
  readonly seconds?: unknown;
}

const isOld = (time: Timestamp | null | undefined) =>
  time != null && Date.now() - Number(time.seconds) * 1000 > patienceMilliseconds;

/** After Ctrl-C: ends a workflow whose answer nobody waits for any more, and gives the error to end with. */
export async function cancelled(handle: WorkflowHandle, what: string): Promise<ReignError> {
  const asked = await handle.cancel().then(
    () => true,
    () => false,
  );
  const then = asked ? `${what} was cancelled` : `${what} goes on in Temporal, which did not take the cancellation`;
  return new ReignError('Interrupted', `interrupted; ${then}`);
}

/** Waits until somebody listens on a queue. Throws WorkerMissing after 20 seconds. */
export async function awaitWorker(client: Client, queue: string, { onStanding, signal }: FollowOptions): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  while ((await pollersOf(client, queue)) === 0) {
    if (signal?.aborted) throw new ReignError('Interrupted', 'interrupted while waiting for a worker');
    if (Date.now() > deadline) throw new ReignError('WorkerMissing', `no worker is listening on the queue ${queue}`);
    onStanding?.({ step: `no worker is listening on the queue ${queue}`, detail: 'waiting for one', waits: true });
    await sleep(pollMilliseconds);
  }
}

const workflowTasks = 1;
const activityTasks = 2;

/** How many listen on a queue now. Temporal remembers a worker for minutes after it died: only fresh ones count. */
export async function pollersOf(client: Client, queue: string): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: queue === trainerQueue ? activityTasks : workflowTasks,
  });
  // One long poll lasts a minute.
  const fresh = Date.now() - 75_000;
  return pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > fresh).length;
}
