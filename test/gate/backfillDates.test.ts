import { expect, test } from 'vitest';
import { backfillDates, datesToBegin, summaryOfDates } from '../../gate/backfillDates.ts';
import { timingOf } from '../../schedule/nominalTimes.ts';
import type { BackfillDate } from '../../schemas/backfill.ts';

const range = { from: '2024-03-25T06:00:00Z', to: '2024-04-08T06:00:00Z' };

test('the dates are at equal distances in the calendar of the zone, both ends included', () => {
  expect(backfillDates(range, { every: 'P7D', timeZone: 'UTC' }, 100)).toEqual([
    '2024-03-25T06:00:00Z',
    '2024-04-01T06:00:00Z',
    '2024-04-08T06:00:00Z',
  ]);
  // The clocks change between them.
  expect(backfillDates(range, { every: 'P7D', timeZone: 'Europe/Berlin' }, 100)).toEqual([
    '2024-03-25T06:00:00Z',
    '2024-04-01T05:00:00Z',
    '2024-04-08T05:00:00Z',
  ]);
});

test('or they are the times of the schedule; one more than the most says that there are too many', () => {
  const timing = timingOf({ cron: '0 6 * * MON', timeZone: 'UTC' });
  if (timing === null) throw new Error('it has times');
  expect(backfillDates(range, { timing }, 100)).toEqual([
    '2024-03-25T06:00:00Z',
    '2024-04-01T06:00:00Z',
    '2024-04-08T06:00:00Z',
  ]);
  expect(backfillDates(range, { timing }, 1)).toHaveLength(2);
  expect(backfillDates(range, { every: 'P1D', timeZone: 'UTC' }, 3)).toHaveLength(4);
});

/** `w` waits, `p` is prepared, `j` judged, `e` has ended, `f` failed, `.` is due. */
const states = { w: 'waiting', p: 'preparing', j: 'judging', e: 'ended', f: 'failed', '.': 'due' } as const;
const datesOf = (text: string): BackfillDate[] =>
  [...text].map((letter, at) => ({
    ...{ number: at + 1, asOf: `2024-01-${String(at + 1).padStart(2, '0')}T00:00:00Z`, cycle: `cycle ${at}` },
    state: states[letter as keyof typeof states],
    ...{ status: null, verdict: null, champion: null, summary: null, startedAt: null, endedAt: null },
  }));

test.each([
  ['the first ones, as many as are prepared at once', '.....', [], 2, [1, 2]],
  ['one is prepared already', 'p....', [], 2, [2]],
  ['one was begun and the ledger does not show it yet', '.....', [1], 2, [2]],
  ['one is judged, and holds no slot', 'jp...', [], 2, [3]],
  ['enough wait', 'jwwww...', [], 2, []],
  ['with those that are prepared, enough would wait', 'jwwwp...', [], 2, []],
  ['one by one, another is prepared while one waits', 'jw...', [], 1, [3]],
  ['one that the others wait for never waits for them', 'e.wwww...', [], 2, [2]],
  ['what has ended or failed stays', 'eff.', [], 2, [4]],
  ['nothing is left', 'eef', [], 2, []],
])('which dates begin: %s', (_, text, unseen, parallel, begun) => {
  expect(datesToBegin(datesOf(text), unseen, parallel).map(({ number }) => number)).toEqual(begun);
});

test('what became of them is counted', () => {
  const [promoted, kept, failed] = datesOf('eef');
  if (promoted === undefined || kept === undefined || failed === undefined) throw new Error('three dates');
  expect(
    summaryOfDates([
      { ...promoted, status: 'promoted' },
      { ...kept, status: 'kept' },
      { ...failed, status: 'failed' },
      { ...failed, status: null },
    ]),
  ).toBe('4 dates: 1 promoted, 1 kept, 2 failed.');
  expect(summaryOfDates(datesOf('.'))).toBe('1 date: 1 not begun.');
});
