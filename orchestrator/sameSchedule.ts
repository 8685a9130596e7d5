import type { ScheduleDescription, ScheduleOverlapPolicy } from '@temporalio/client';
import { canonicalHash } from '../ledger/canonicalHash.ts';
import { type Cron, parseCron } from '../schedule/cron.ts';

/** What a model's schedule is to be in Temporal. */
export interface WantedSchedule {
  readonly spec: {
    readonly cronExpressions?: readonly [string];
    readonly timezone?: string;
    /** In milliseconds. */
    readonly intervals?: readonly [{ readonly every: number; readonly offset: number }];
  };
  readonly action: {
    readonly type: 'startWorkflow';
    readonly workflowType: string;
    readonly workflowId: string;
    readonly taskQueue: string;
    readonly args: readonly unknown[];
  };
  /** In milliseconds. */
  readonly policies: { readonly overlap: ScheduleOverlapPolicy; readonly catchupWindow: number };
}

/**
 * Whether a schedule in Temporal starts the same thing at the same times. Temporal answers a cron as a calendar, so the
 * values of each field are compared.
 */
export function isSameSchedule(there: ScheduleDescription, wanted: WantedSchedule): boolean {
  const { spec, action, policies, state } = there;
  return (
    action.type === 'startWorkflow' &&
    action.workflowType === wanted.action.workflowType &&
    action.workflowId === wanted.action.workflowId &&
    action.taskQueue === wanted.action.taskQueue &&
    canonicalHash(action.args ?? []) === canonicalHash(wanted.action.args) &&
    policies.overlap === wanted.policies.overlap &&
    policies.catchupWindow === wanted.policies.catchupWindow &&
    !policies.pauseOnFailure &&
    state.remainingActions === undefined &&
    hasSameTimes(spec, wanted.spec)
  );
}

function hasSameTimes(
  spec: ScheduleDescription['spec'],
  { cronExpressions, intervals, timezone }: WantedSchedule['spec'],
) {
  const { calendars = [], skip = [], startAt, endAt, jitter = 0 } = spec;
  if (skip.length > 0 || startAt !== undefined || endAt !== undefined || jitter > 0) return false;
  const cron = cronExpressions === undefined ? undefined : parseCron(cronExpressions[0]);
  const there = (spec.intervals ?? []).map(({ every, offset }) => ({ every, offset: offset ?? 0 }));
  if (canonicalHash(there) !== canonicalHash(intervals ?? [])) return false;
  if (cron === undefined) return calendars.length === 0;
  const [calendar] = calendars;
  return (
    calendars.length === 1 &&
    calendar !== undefined &&
    !('expected' in cron) &&
    (spec.timezone || 'UTC') === (timezone ?? 'UTC') &&
    canonicalHash(fieldsOf(calendar)) === canonicalHash({ ...cron, seconds: [0], years: [] })
  );
}

type Calendar = NonNullable<ScheduleDescription['spec']['calendars']>[number];

function fieldsOf(calendar: Calendar): Cron & { readonly seconds: number[]; readonly years: number[] } {
  return {
    seconds: values(calendar.second),
    minutes: values(calendar.minute),
    hours: values(calendar.hour),
    days: values(calendar.dayOfMonth),
    months: values(calendar.month.map((range) => named(range, months, 1))),
    weekdays: values(calendar.dayOfWeek.map((range) => named(range, weekdays, 0))),
    years: values(calendar.year),
  };
}

interface Range<Unit> {
  readonly start: Unit;
  readonly end: Unit;
  readonly step: number;
}

const named = <Unit extends string>({ start, end, step }: Range<Unit>, names: readonly string[], first: number) => ({
  ...{ start: names.indexOf(start) + first, end: names.indexOf(end) + first, step },
});

/** What ranges list, each once, in ascending order. */
function values(ranges: readonly Range<number>[]): number[] {
  const listed = new Set<number>();
  for (const { start, end, step } of ranges)
    for (let value = start; value <= end; value += Math.max(1, step)) listed.add(value);
  return [...listed].toSorted((a, b) => a - b);
}

const months = [
  ...['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'],
  ...['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'],
];
const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
