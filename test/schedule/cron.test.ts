import { describe, expect, test } from 'vitest';
import { parseCron, readStoredCron } from '../../schedule/cron.ts';

const read = (text: string) => parseCron(text);

describe('a cron', () => {
  test('is read as the values of its five fields', () => {
    expect(read('*/20 6 1,15 JAN-mar *')).toEqual({
      minutes: [0, 20, 40],
      hours: [6],
      days: [1, 15],
      months: [1, 2, 3],
      weekdays: [0, 1, 2, 3, 4, 5, 6],
    });
    expect(read('0 6 * * 0,MON-FRI/2')).toMatchObject({ weekdays: [0, 1, 3, 5] });
  });

  test.each([
    ['0 6 * * MON#1', /#.*comment.*every Monday/],
    ['0 6 L * *', /without L and W/],
    ['0 6 15W * *', /without L and W/],
    ['0 6 * * 5L', /without L and W/],
    ['0 6 * * +MON', /without \+/],
    ['0 6 ? * MON', /\* instead of \?/],
    ['0 6 13 * FRI', /day of the month or a day of the week/],
    ['0 6 */2 * MON', /day of the month or a day of the week/],
    ['0 6 * * 7', /SUN for Sunday instead of 7/],
    ['0 6 * * FRI-MON', /begins before it ends, or a list/],
    ['0 6/2 * * *', /a range before the step, such as 6-23\/2/],
    ['0 24 * * *', /hours from 0 to 23/],
    ['0 6 30 2 *', /never comes/],
    ['0 6 31 4,6,9,11 *', /never comes/],
    ['*/0 6 * * *', /a step/],
    ['0 6 * * MONDAY', /SUN to SAT/],
    ['@daily', /0 0 \* \* SUN for @weekly/],
    ['CRON_TZ=UTC 0 6 * * *', /schedule.timeZone/],
    ['every monday', /five cron fields/],
    ['0 0 6 * * MON', /five cron fields/],
  ])('%s is refused', (text, says) => {
    expect(read(text)).toEqual({ expected: expect.stringMatching(says) });
  });

  test.each(['0 6 29 2 *', '0 6 31 1,2 *', '59 23 * * SAT', '0 6 * * WED', '0 6 * JUL *'])('%s is read', (text) => {
    expect(read(text)).not.toHaveProperty('expected');
  });

  test('that an earlier release accepted comes at least as often as anybody would have it', () => {
    expect(readStoredCron('0 6 * * MON#1')).toMatchObject({
      minutes: [0],
      hours: [6],
      weekdays: [0, 1, 2, 3, 4, 5, 6],
    });
    const either = readStoredCron('0 6 13 * FRI');
    expect([either.days.length, either.weekdays.length]).toEqual([31, 7]);
  });
});
