import { type Cron, parseCron } from './cron.ts';
import { fixedLength } from './fixedLength.ts';
import { nextCronTime } from './nextCronTime.ts';
import { type Zone, zoneOf } from './zone.ts';

/** When a schedule comes, as a definition says it. */
export interface Times {
  readonly cron?: string | undefined;
  /** ISO 8601. */
  readonly interval?: string | undefined;
  readonly phase?: string | undefined;
  readonly timeZone: string;
}

/** The same, read. Lengths are in seconds; an interval is counted from 1970-01-01T00:00:00Z plus its phase. */
export type Timing =
  | { readonly cron: Cron; readonly zone: Zone }
  | { readonly interval: number; readonly phase: number };

/** @returns null where readers differ about it: Reign then has no nominal times for it */
export function timingOf({ cron, interval, phase, timeZone }: Times): Timing | null {
  if (cron !== undefined) {
    const parsed = parseCron(cron);
    return 'expected' in parsed ? null : { cron: parsed, zone: zoneOf(timeZone) };
  }
  const length = interval === undefined ? null : fixedLength(interval);
  const begin = phase === undefined ? 0 : fixedLength(phase);
  return length === null || length < 1 || begin === null ? null : { interval: length, phase: begin };
}

/** The first nominal time after `after`, both in seconds since 1970, as Temporal's server has it; null where none comes. */
export function nextTime(timing: Timing, after: number): number | null {
  if ('cron' in timing) return nextCronTime(timing.cron, timing.zone, after);
  const { interval, phase } = timing;
  return (Math.floor((after - phase) / interval) + 1) * interval + phase;
}

/** The nominal times in (after, to], in seconds since 1970. */
export function* nominalTimes(timing: Timing, after: number, to: number): Generator<number> {
  for (let next = nextTime(timing, after); next !== null && next <= to; next = nextTime(timing, next)) yield next;
}

/** The next `count` nominal times after `after`, in seconds since 1970. */
export function nextTimes(timing: Timing, after: number, count: number): number[] {
  const times: number[] = [];
  for (const time of nominalTimes(timing, after, Number.POSITIVE_INFINITY)) {
    times.push(time);
    if (times.length >= count) break;
  }
  return times;
}

/** Seconds: no cron that comes at all leaves a longer gap (29 February, past 2100). */
const longestGap = 9 * 366 * 86_400;

/** The nominal times before `before`, the latest first, as many as `count`; all in seconds since 1970. */
export function lastTimes(timing: Timing, before: number, count: number): number[] {
  // From near to far: of a schedule for every minute nobody wants all of a year.
  for (let span = 3600; ; span *= 8) {
    const times = [...nominalTimes(timing, before - span - 1, before - 1)];
    if (times.length >= count || span > longestGap * count) return times.slice(-count).reverse();
  }
}

/** The nominal time before `before`, both in seconds since 1970; null where there is none. */
export const previousTime = (timing: Timing, before: number): number | null => lastTimes(timing, before, 1)[0] ?? null;

export const isNominal = (timing: Timing, at: number): boolean => nextTime(timing, at - 1) === at;
