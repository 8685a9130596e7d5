import type { Client, ScheduleDescription } from '@temporalio/client';
import { ScheduleAlreadyRunning, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { canonicalHash } from '../ledger/canonicalHash.ts';
import { latestDefinition } from '../ledger/definitions.ts';
import { deletionOf } from '../ledger/deletions.ts';
import { withLease } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import { lastRequest, storeRequest } from '../ledger/requests.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { changeSchedulePeriod, openPeriod, schedulePeriods } from '../ledger/schedulePeriods.ts';
import { fixedLength } from '../schedule/fixedLength.ts';
import { timingOf } from '../schedule/nominalTimes.ts';
import type { Actor } from '../schemas/actor.ts';
import { workerQueue } from '../schemas/queues.ts';
import type { Schedule } from '../schemas/schedule.ts';
import type { ScheduledRequest } from '../schemas/steps.ts';
import { isSameSchedule, type WantedSchedule } from './sameSchedule.ts';

/** What a model's schedule is called in Temporal. */
export const scheduleId = (model: string): string => `reign/${model}`;

const rounds = 5;

/** What was done to the schedule in Temporal. */
export type ScheduleChange = 'created' | 'updated' | 'deleted' | 'unchanged' | 'none';

/**
 * Makes the schedule in Temporal, and the ledger's record of it, what the definition in force says: read the ledger, set,
 * read again until nothing is left to set. A paused schedule stays paused, whoever paused it. Two at once take turns.
 *
 * @param given.actor who applied the definition; null: whoever did is known to the ledger, and it is finished in their name
 */
export async function matchSchedule(
  { ledger, client, actor }: { readonly ledger: Ledger; readonly client: Client; readonly actor: Actor | null },
  model: string,
): Promise<ScheduleChange> {
  return await withLease(ledger.db, `schedule of ${model}`, async ({ hold }) => {
    let done: ScheduleChange | undefined;
    // A server that answers something else than it was told is left at that.
    for (let round = 0; ; round++) {
      const schedule = await scheduleInForce(ledger, model);
      const paused = await recordPeriod(ledger, model, schedule, actor);
      if (!(await hold())) continue;
      const change = await setInTemporal(client, model, schedule, paused);
      done = done === undefined || done === 'unchanged' || done === 'none' ? change : done;
      if (change === 'unchanged' || change === 'none' || round >= rounds) return done;
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
async function recordPeriod(
  { db }: Ledger,
  model: string,
  schedule: Schedule | null,
  actor: Actor | null,
): Promise<boolean> {
  const period = await openPeriod(db, model);
  if (isSame(period?.schedule, schedule)) return period?.paused ?? false;
  const paused = period?.paused ?? false;
  const request = actor === null ? await lastRequest(db, model, scheduleChanging) : await ask(db, model, actor);
  // A ledger without it is of before schedules: the next apply records the period.
  if (request !== undefined) await changeSchedulePeriod(db, model, schedule && { schedule, paused }, request);
  return paused;
}

const isSame = (one: Schedule | undefined, other: Schedule | null): boolean =>
  canonicalHash(one ?? null) === canonicalHash(other);

/** The operations that change which schedule is in force. */
const scheduleChanging = ['apply', 'retire', 'delete'];

async function ask(db: Ledger['db'], model: string, actor: Actor): Promise<number> {
  const subject = { kind: 'schedule', id: model };
  return (await storeRequest(db, { operation: 'apply', actor, model, subject })).id;
}

async function setInTemporal(
  client: Client,
  model: string,
  schedule: Schedule | null,
  paused: boolean,
): Promise<ScheduleChange> {
  const handle = client.schedule.getHandle(scheduleId(model));
  const there = await describe(handle);
  const difference = differenceOf(there, model, schedule, paused);
  switch (difference) {
    case null:
      return schedule === null ? 'none' : 'unchanged';
    case 'left':
      await handle.delete();
      return 'deleted';
    case 'running':
      await handle.pause(`${ownNote} paused in the ledger`);
      return 'updated';
    case 'paused':
      await handle.unpause(`${ownNote} not paused in the ledger`);
      return 'updated';
  }
  if (schedule === null) return 'none';
  const wanted = optionsOf(model, schedule);
  if (difference === 'missing') {
    try {
      await client.schedule.create({ ...optionsFor(wanted), scheduleId: scheduleId(model), state: { paused } });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      return 'unchanged';
    }
    return 'created';
  }
  await handle.update(({ state: { paused: isPaused, note } }) => ({
    ...optionsFor(wanted),
    state: { paused: isPaused, ...(note !== undefined && { note }) },
  }));
  return 'updated';
}

/** How a schedule in Temporal differs from what the ledger says; `paused`: a pause of Reign's that is over. */
export type ScheduleDifference = 'missing' | 'changed' | 'left' | 'running' | 'paused';

function differenceOf(
  there: ScheduleDescription | undefined,
  model: string,
  schedule: Schedule | null,
  paused: boolean,
): ScheduleDifference | null {
  if (schedule === null) return there === undefined ? null : 'left';
  if (there === undefined) return 'missing';
  if (paused && !there.state.paused) return 'running';
  if (!paused && there.state.paused && there.state.note?.startsWith(ownNote)) return 'paused';
  return isSameSchedule(there, optionsOf(model, schedule)) ? null : 'changed';
}

/** What the notes of Reign's own pauses begin with. */
export const ownNote = 'Reign:';

/** A schedule in Temporal beside what the ledger says of it. */
export interface SeenSchedule {
  readonly there: ScheduleDescription | undefined;
  readonly difference: ScheduleDifference | null;
  /** False: a definition was applied, or a model ended, and the ledger does not have the period that follows from it. */
  readonly isRecorded: boolean;
  /** Since when the ledger says so; null where it never had a schedule. */
  readonly since: string | null;
}

/** Looks at the schedule of a model, and changes nothing. */
export async function lookAtSchedule(
  { ledger, client }: { readonly ledger: Ledger; readonly client: Client },
  model: string,
): Promise<SeenSchedule> {
  const schedule = await scheduleInForce(ledger, model);
  const last = (await schedulePeriods(ledger.db, model)).at(-1);
  const period = last?.to === null ? last : undefined;
  const there = await describe(client.schedule.getHandle(scheduleId(model)));
  return {
    there,
    difference: differenceOf(there, model, schedule, period?.paused ?? false),
    isRecorded: isSame(period?.schedule, schedule),
    since: last === undefined ? null : (last.to ?? last.from),
  };
}

async function describe(handle: ScheduleHandle): Promise<ScheduleDescription | undefined> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** A year: longer than the longest queue, and than any outage. */
const catchupWindow = 365 * 86_400_000;

function optionsOf(model: string, schedule: Schedule): WantedSchedule {
  const { cron, interval, phase, timeZone } = schedule;
  const seconds = (length: string | undefined) => (length === undefined ? 0 : (fixedLength(length) ?? 0));
  const request: ScheduledRequest = { model, times: canonicalHash({ cron, interval, phase, timeZone }) };
  return {
    spec:
      cron === undefined
        ? { intervals: [{ every: seconds(interval) * 1000, offset: seconds(phase) * 1000 }] }
        : { cronExpressions: [cron], timezone: timeZone },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduled',
      workflowId: startersOf(model),
      taskQueue: workerQueue,
      args: [request],
    },
    // Starters are short, and none may be lost because another one still runs: turns and misses are decided by Reign.
    policies: { overlap: 'ALLOW_ALL', catchupWindow },
  };
}

/** What Temporal's names of a model's starters begin with. */
export const startersOf = (model: string): string => `scheduled.${model}`;

/** As Temporal's client takes it. */
const optionsFor = ({ spec, action, policies }: WantedSchedule) => ({
  spec: {
    ...(spec.cronExpressions !== undefined && { cronExpressions: [...spec.cronExpressions] }),
    ...(spec.timezone !== undefined && { timezone: spec.timezone }),
    ...(spec.intervals !== undefined && { intervals: [...spec.intervals] }),
  },
  action: { ...action, args: [...action.args] },
  policies,
});
