import type { Cron } from './cron.ts';
import type { Zone } from './zone.ts';

const hour = 3600;
/** Temporal gives up after this year. */
const lastYear = 2100;

/**
 * The first time after `after` at which a cron comes, both in seconds since 1970; null where none comes.
 *
 * These are the steps of Temporal's server (compiledCalendar.next in service/worker/scheduler/calendar.go), one by one,
 * so that it comes when the server says: a time that the clocks skip does not come, one that they repeat comes twice.
 */
export function nextCronTime(cron: Cron, zone: Zone, after: number): number | null {
  const { minutes, hours, days, months, weekdays } = cron;
  const start = localTime(after + zone.offsetAt(after));
  let [year, month, day, h, m, s] = [start.year, start.month, start.day, start.hour, start.minute, start.second + 1];
  // An hour ago it was the same hour: this is the second time that the clocks show it.
  let repeated = localTime(after - hour + zone.offsetAt(after - hour)).hour === h ? hour : 0;
  const instant = () => instantOf(zone, year, month, day, h, m, s);

  search: for (;;) {
    if (s >= 60) [m, s] = [m + 1, 0];
    if (m >= 60) {
      const begin = instantOf(zone, year, month, day, h, 0, 0);
      const end = instantOf(zone, year, month, day, h + 1, 0, 0);
      m = 0;
      if (repeated === 0 && end - begin > hour) repeated = hour;
      else [h, repeated] = [h + 1, 0];
    }
    if (h >= 24) [day, h] = [day + 1, 0];
    if (day > daysIn(year, month)) [month, day] = [month + 1, 1];
    if (month > 12) [year, month] = [year + 1, 1];
    if (year > lastYear) return null;
    while (!months.includes(month)) {
      [month, day, h, m, s, repeated] = [month + 1, 1, 0, 0, 0, 0];
      if (month > 12) continue search;
    }
    while (!days.includes(day) || !(weekdays.length === 7 || weekdays.includes(weekdayOf(zone, instant())))) {
      [day, h, m, s, repeated] = [day + 1, 0, 0, 0, 0];
      if (day > daysIn(year, month)) continue search;
    }
    while (!hours.includes(h)) {
      [h, m, s, repeated] = [h + 1, 0, 0, 0];
      if (h >= 24) continue search;
    }
    while (!minutes.includes(m)) {
      [m, s] = [m + 1, 0];
      if (m >= 60) continue search;
    }
    // A cron has no seconds: it comes at the full minute.
    if (s !== 0) {
      s = 60;
      continue;
    }
    const found = instant();
    // The clocks skip this time.
    if (localTime(found + zone.offsetAt(found)).hour !== h) {
      [h, m, s] = [h + 1, 0, 0];
      continue;
    }
    return found + repeated;
  }
}

/** The instant of a local time, as Go's time.Date finds it where the clocks change. */
function instantOf(zone: Zone, year: number, month: number, day: number, h: number, m: number, s: number): number {
  const local = Date.UTC(year, month - 1, day, h, m, s) / 1000;
  const utc = local - zone.offsetAt(local);
  return local - zone.offsetAt(utc);
}

/** @param seconds since 1970 on the clocks of the zone */
export function localTime(seconds: number) {
  const date = new Date(seconds * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
  };
}

const weekdayOf = (zone: Zone, instant: number): number => localTime(instant + zone.offsetAt(instant)).weekday;

const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
