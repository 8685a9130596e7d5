import { type Cron, readStoredCron } from '../schedule/cron.ts';
import { fixedLength } from '../schedule/fixedLength.ts';
import { nominalTimes, type Times } from '../schedule/nominalTimes.ts';
import { type Zone, zoneOf } from '../schedule/zone.ts';

const day = 86_400_000;
/** What any 365 days means, in milliseconds. */
export const year = 365 * day;

/**
 * Every combination of weekday and leap year occurs within 28 years. A window may begin anywhere in them, so the list of
 * times continues for one more year. The years are fixed, so that the answer does not depend on today's date.
 */
const from = Date.UTC(2000, 0, 1) / 1000;
const to = Date.UTC(2029, 0, 1) / 1000;

/** By cron and zone: what was counted once in this process. */
const counted = new Map<string, number>();

/**
 * The largest number of nominal times of a schedule in any 365 days.
 *
 * For a schedule with several times a day the number is times a day multiplied by days, plus four times the fullest hour if
 * the zone's clocks change. That may be a little more than the true number, never less. The same holds for a cron that an
 * earlier release accepted although cron parsers read it differently.
 */
export function largestYearlyCount({ cron, interval, timeZone }: Times): number {
  if (cron === undefined)
    return Math.ceil(year / 1000 / ((interval === undefined ? null : fixedLength(interval)) ?? year));
  const key = `${cron} ${timeZone}`;
  const known = counted.get(key) ?? count(readStoredCron(cron), zoneOf(timeZone));
  counted.set(key, known);
  return known;
}

function count(cron: Cron, zone: Zone): number {
  const { minutes, hours } = cron;
  const times = minutes.length * hours.length;
  if (times <= 1) return mostInAYear([...nominalTimes({ cron, zone }, from - 1, to)]);
  const dates = { ...cron, minutes: [0], hours: [0] };
  const days = mostInAYear([...nominalTimes({ cron: dates, zone: zoneOf('UTC') }, from - 1, to)]);
  if (days === 0) return 0;
  // A window of 365 days cuts a day in two where its clocks change.
  const extra = zone.changesIn(from, to).length > 0 ? 4 * fullestHour(cron) : 0;
  return times * days + extra;
}

/** @param times in seconds, in ascending order */
function mostInAYear(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [at, time] of times.entries()) {
    while ((times[first] ?? time) <= time - year / 1000) first++;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

/** The most times in any sixty minutes. */
function fullestHour({ minutes, hours }: Cron): number {
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const around = [...times, ...times.map((time) => time + 24 * 60)];
  return Math.max(...times.map((start) => around.filter((time) => time >= start && time < start + 60).length));
}
