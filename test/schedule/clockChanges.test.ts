import { expect, test } from 'vitest';
import { changedDays } from '../../schedule/clockChanges.ts';
import { timingOf } from '../../schedule/nominalTimes.ts';

const from = Date.UTC(2027, 0, 1) / 1000;
const to = Date.UTC(2028, 0, 1) / 1000;

function changed(cron: string, timeZone: string) {
  const timing = timingOf({ cron, timeZone });
  return timing && changedDays(timing, from, to);
}

test('names the days on which a time is skipped or comes twice', () => {
  expect(changed('30 1 * * *', 'America/New_York')).toEqual([
    { date: '2027-11-07', kind: 'repeated', times: ['01:30'] },
  ]);
  // Temporal sees a repeated time twice only where the clocks are behind UTC.
  expect(changed('30 2 * * *', 'Europe/Berlin')).toEqual([{ date: '2027-03-28', kind: 'skipped', times: ['02:30'] }]);
  expect(changed('0,30 * * * SUN', 'America/New_York')).toEqual([
    { date: '2027-03-14', kind: 'skipped', times: ['02:00', '02:30'] },
    { date: '2027-11-07', kind: 'repeated', times: ['01:00', '01:30'] },
  ]);
});

test('names none where the clocks change at another time, on another day, or not at all', () => {
  expect(changed('0 6 * * *', 'Europe/Berlin')).toEqual([]);
  expect(changed('30 2 * * MON', 'Europe/Berlin')).toEqual([]);
  expect(changed('30 2 * * *', 'UTC')).toEqual([]);
});
