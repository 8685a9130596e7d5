import type { Client, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { canonicalHash } from '../ledger/canonicalHash.ts';
import { latestDefinition } from '../ledger/definitions.ts';
import { deletionOf } from '../ledger/deletions.ts';
import { withLease } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import { storeRequest } from '../ledger/requests.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { changeSchedulePeriod, openPeriod } from '../ledger/schedulePeriods.ts';
import { fixedLength } from '../schedule/fixedLength.ts';
import { timingOf } from '../schedule/nominalTimes.ts';
import type { Actor } from '../schemas/actor.ts';
import { workerQueue } from '../schemas/queues.ts';
import type { Schedule } from '../schemas/schedule.ts';
import type { ScheduledRequest } from '../schemas/steps.ts';

/** What a model's schedule is called in Temporal. */
export const scheduleId = (model: string): string => `reign/${model}`;

/** What was done to the schedule in Temporal. */
export type ScheduleChange = 'created' | 'updated' | 'deleted' | 'unchanged' | 'none';

/**
 * Makes the schedule in Temporal, and the ledger's record of it, what the definition in force says: read the ledger, set,
 * read again until nothing is left to set. A paused schedule stays paused, whoever paused it. Two at once take turns.
 */
export async function matchSchedule(
  { ledger, client, actor }: { readonly ledger: Ledger; readonly client: Client; readonly actor: Actor },
  model: string,
): Promise<ScheduleChange> {
  return await withLease(ledger.db, `schedule of ${model}`, async ({ hold }) => {
    let done: ScheduleChange | undefined;
    for (;;) {
      const schedule = await scheduleInForce(ledger, model);
      const paused = await recordPeriod(ledger, model, schedule, actor);
      if (!(await hold())) continue;
      const change = await setInTemporal(client, model, schedule, paused);
      done = done === undefined || done === 'unchanged' || done === 'none' ? change : done;
      if (change === 'unchanged' || change === 'none') return done;
    }
  });
}

/** The schedule of the definition in force; null where it has none, readers differ about it, or the model is deleted or retired. */
async function scheduleInForce({ db }: Ledger, model: string): Promise<Schedule | null> {
  const latest = await latestDefinition(db, model);
  const schedule = latest?.definition.schedule;
  if (latest === undefined || schedule === undefined || timingOf(schedule) === null) return null;
  const ended = (await deletionOf(db, model, latest.version)) ?? (await retirementOf(db, model, latest.version));
  return ended === undefined ? schedule : null;
}

/** Begins a new period where the schedule is another one than before; says whether it is paused. */
async function recordPeriod({ db }: Ledger, model: string, schedule: Schedule | null, actor: Actor): Promise<boolean> {
  const period = await openPeriod(db, model);
  if (canonicalHash(period?.schedule ?? null) === canonicalHash(schedule)) return period?.paused ?? false;
  const paused = period?.paused ?? false;
  const subject = { kind: 'schedule', id: model };
  const { id } = await storeRequest(db, { operation: 'apply', actor, model, subject });
  await changeSchedulePeriod(db, model, schedule && { schedule, paused }, id);
  return paused;
}

async function setInTemporal(
  client: Client,
  model: string,
  schedule: Schedule | null,
  paused: boolean,
): Promise<ScheduleChange> {
  const handle = client.schedule.getHandle(scheduleId(model));
  const there = await describe(handle);
  if (schedule === null) {
    if (there === undefined) return 'none';
    await handle.delete();
    return 'deleted';
  }
  const wanted = optionsOf(model, schedule);
  if (there === undefined) {
    try {
      await client.schedule.create({ ...wanted, scheduleId: scheduleId(model), state: { paused } });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
    return 'created';
  }
  if (paused && !there.state.paused) {
    await handle.pause('paused in the ledger');
    return 'updated';
  }
  if (saysTheSame(there, wanted)) return 'unchanged';
  await handle.update(({ state }) => ({ ...wanted, state }));
  return 'updated';
}

async function describe(handle: ScheduleHandle): Promise<ScheduleDescription | undefined> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

type Wanted = Pick<ScheduleOptions, 'spec' | 'policies'> & {
  readonly action: Extract<ScheduleOptions['action'], { type: 'startWorkflow' }>;
};

function optionsOf(model: string, schedule: Schedule): Wanted {
  const { cron, interval, phase, timeZone } = schedule;
  const seconds = (length: string | undefined) => (length === undefined ? 0 : (fixedLength(length) ?? 0));
  const spec =
    cron === undefined
      ? { intervals: [{ every: seconds(interval) * 1000, offset: seconds(phase) * 1000 }] }
      : { cronExpressions: [cron], timezone: timeZone };
  // Temporal answers a cron compiled: what it was made from is compared instead.
  const request: ScheduledRequest = { model, times: canonicalHash({ cron, interval, phase, timeZone }) };
  return {
    spec,
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduled',
      workflowId: `scheduled.${model}`,
      taskQueue: workerQueue,
      args: [request],
    },
    // Starters are short, and none may be lost because another one still runs: turns and misses are decided by Reign.
    policies: { overlap: 'ALLOW_ALL', catchupWindow: '365 days' },
  };
}

function saysTheSame({ action }: ScheduleDescription, { action: wanted }: Wanted): boolean {
  if (action.type !== 'startWorkflow' || action.workflowType !== wanted.workflowType) return false;
  return canonicalHash(action.args ?? []) === canonicalHash(wanted.args ?? []) && action.taskQueue === wanted.taskQueue;
}
