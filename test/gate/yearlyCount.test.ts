import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestYearlyCount, year } from '../../gate/yearlyCount.ts';
import { Schedule } from '../../schemas/definition.ts';

const count = (cron: string, timeZone?: string) => largestYearlyCount(Schedule.parse({ cron, timeZone }));

/** The most that croner fires in any 365 days that begin at one of its times in [from, to). */
function bruteForce(cron: string, timezone: string, from: string, to: string): number {
  const schedule = new Cron(cron, { timezone, paused: true });
  const times: number[] = [];
  const end = Date.parse(to) + year;
  for (
    let next = schedule.nextRun(new Date(from));
    next !== null && next.getTime() < end;
    next = schedule.nextRun(next)
  )
    times.push(next.getTime());
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
    ['0 5 * * MON#1', 'Europe/Berlin'],
    ['30 1 * * SUN', 'Europe/London'],
    ['30 2 L * *', 'America/New_York'],
    ['15 3 */10 * *', 'UTC'],
    ['0 0 13 * FRI', 'UTC'],
  ])('once a day at most it is what croner fires: %s in %s', (cron, timeZone) => {
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
