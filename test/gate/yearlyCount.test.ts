import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestYearlyCount, year } from '../../gate/yearlyCount.ts';
import { nominalTimes, timingOf } from '../../schedule/nominalTimes.ts';
import { Schedule } from '../../schemas/schedule.ts';

const count = (cron: string, timeZone?: string) => largestYearlyCount(Schedule.parse({ cron, timeZone }));

/** The most nominal times in any 365 days that begin at one of them in [from, to). */
function bruteForce(cron: string, timeZone: string, from: string, to: string): number {
  const timing = timingOf({ cron, timeZone });
  if (timing === null) throw new Error(`${cron} is refused`);
  const end = Date.parse(to) + year;
  const times = [...nominalTimes(timing, Date.parse(from) / 1000 - 1, end / 1000)].map((time) => time * 1000);
  return Math.max(
    0,
    ...times
      .filter((start) => start < Date.parse(to))
      .map((start) => times.filter((time) => time >= start && time < start + year).length),
  );
}

describe('the largest number of nominal times in any 365 days', () => {
  test.each([
    // 53 Mondays span 364 days.
    ['0 6 * * MON', 'UTC', 53],
    ['0 6 * * MON', 'America/New_York', 53],
    ['0 6 * * *', 'UTC', 365],
    // A year that begins in winter time and ends on the first morning of summer time, an hour earlier by UTC.
    ['0 6 * * *', 'America/New_York', 366],
    ['0 6 1 * *', 'UTC', 12],
    ['0 6 * * MON-FRI', 'UTC', 261],
    ['0 0 29 2 *', 'UTC', 1],
    ['0 0 31 2 *', 'UTC', 0],
    ['0,30 0 31 2 *', 'UTC', 0],
    ['0 */6 * * *', 'UTC', 4 * 365],
    ['0 6,18 * * SUN', 'UTC', 2 * 53],
    ['0 * * * *', 'UTC', 24 * 365],
    ['* * * * *', 'UTC', 525_600],
  ])('%s in %s: %d', (cron, timeZone, expected) => {
    expect(count(cron, timeZone)).toBe(expected);
  });

  test.each([
    ['0 5 * * MON', 'Europe/Berlin'],
    ['30 1 * * SUN', 'Europe/London'],
    ['30 2 * * SUN', 'America/New_York'],
    ['15 3 */10 * *', 'UTC'],
  ])('once a day at most it is the number of nominal times: %s in %s', (cron, timeZone) => {
    expect(count(cron, timeZone)).toBe(bruteForce(cron, timeZone, '2000-01-01T00:00:00Z', '2028-01-01T00:00:00Z'));
  });

  test.each([
    ['0 0,12 * * *', 'America/New_York'],
    ['0,30 2 * * SUN', 'America/New_York'],
    ['0 1-3 * * *', 'Europe/Berlin'],
    ['0 */8 * * *', 'Africa/Casablanca'],
  ])('several times a day it is that or a little more: %s in %s', (cron, timeZone) => {
    const fired = bruteForce(cron, timeZone, '2020-01-01T00:00:00Z', '2022-01-01T00:00:00Z');
    expect(count(cron, timeZone)).toBeGreaterThanOrEqual(fired);
    expect(count(cron, timeZone)).toBeLessThanOrEqual(fired + 12);
  });

  test.each([
    // Temporal would run it on every Monday, others on the first one of a month.
    ['0 5 * * MON#1', 366],
    ['0 5 L * *', 366],
    ['0 6 13 * FRI', 366],
  ])('a cron that an earlier release accepted and readers differ about counts every day: %s', (cron, most) => {
    expect(count(cron, 'Europe/Berlin')).toBe(most);
  });

  test('a schedule that fires more often never counts less', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 3 });
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(minutes, hours, fc.constantFrom('* * *', '* * MON', '1 * *'), (minute, hour, date) => {
        const single = count(`${minute[0]} ${hour[0]} ${date}`);
        expect(count(`${minute.join()} ${hour.join()} ${date}`)).toBe(single * minute.length * hour.length);
      }),
      { numRuns: 4 },
    );
  });
});
