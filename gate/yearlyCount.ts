import { Cron } from 'croner';
import type { Schedule } from '../schemas/definition.ts';

const day = 86_400_000;
/** What any 365 days means, in milliseconds. */
export const year = 365 * day;

/**
 * Every pair of weekday and leap year occurs within 28 years. A window may begin anywhere in them, so the list of times
 * goes on for a year. The years are fixed: the answer must not depend on when it is asked for.
 */
const from = Date.UTC(2000, 0, 1);
const to = Date.UTC(2029, 0, 1);

/** By cron and zone: what was counted once in this process. */
const counted = new Map<string, number>();

/**
 * The largest number of nominal times of a schedule in any 365 days.
 *
 * For several times a day it is counted as times of a day times days, and a zone whose clocks change is allowed four
 * times its fullest hour for that: then it may be a little more than the true number, never less.
 */
export function largestYearlyCount({ cron, timeZone }: Schedule): number {
  const key = `${cron} ${timeZone}`;
  const known = counted.get(key) ?? count(cron, timeZone);
  counted.set(key, known);
  return known;
}

function count(cron: string, timeZone: string): number {
  const [minute, hour, ...date] = cron.trim().split(/\s+/);
  const dates = date.join(' ');
  const times = timesOf(`${minute} ${hour} * * *`, 'UTC', from, from + day).map((time) => time - from);
  if (times.length <= 1) return mostInAYear(timesOf(cron, timeZone, from, to));
  const days = /^\* \* \*$/.test(dates) ? 365 : mostInAYear(timesOf(`0 0 ${dates}`, 'UTC', from, to));
  if (days === 0) return 0;
  return times.length * days + (changesClocks(timeZone) ? 4 * fullestHour(times) : 0);
}

/** When a cron fires in [from, to), in milliseconds. */
function timesOf(cron: string, timezone: string, from: number, to: number): number[] {
  const schedule = new Cron(cron, { timezone, paused: true });
  const times: number[] = [];
  for (let next = schedule.nextRun(new Date(from - 1)); next !== null; next = schedule.nextRun(next)) {
    const time = next.getTime();
    if (time >= to) break;
    if (time >= from) times.push(time);
  }
  return times;
}

/** @param times in ascending order */
function mostInAYear(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [at, time] of times.entries()) {
    while ((times[first] ?? time) <= time - year) first++;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

/** Whether noon of the first of a month is not always the same time in UTC. */
function changesClocks(timeZone: string): boolean {
  const noons = timesOf('0 12 1 * *', timeZone, from, to);
  return new Set(noons.map((time) => time % day)).size > 1;
}

/** @param times of a day, in milliseconds after midnight */
function fullestHour(times: readonly number[]): number {
  const hour = 3_600_000;
  const around = [...times, ...times.map((time) => time + day)];
  return Math.max(...times.map((start) => around.filter((time) => time >= start && time < start + hour).length));
}
