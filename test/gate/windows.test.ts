import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodToFollow, windowsOf } from '../../gate/windows.ts';

const days = (max: number) => fc.integer({ min: 0, max }).map((count) => `P${count}D`);
const windows = fc.record({
  horizon: days(90),
  lag: days(10),
  train: fc.integer({ min: 1, max: 400 }).map((n) => `P${n}D`),
  holdout: fc.integer({ min: 1, max: 90 }).map((n) => `P${n}D`),
});
const asOf = fc
  .date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const day = 86_400_000;
const length = (duration: string) => Number(duration.slice(1, -1)) * day;

describe('windows', () => {
  it('are those of the flights example', () => {
    expect(windowsOf('2001-02-12T00:00:00Z', { horizon: 'PT0S', lag: 'PT0S', train: 'P4W', holdout: 'P2W' })).toEqual({
      train: { from: '2001-01-01T00:00:00Z', to: '2001-01-29T00:00:00Z' },
      holdout: { from: '2001-01-29T00:00:00Z', to: '2001-02-12T00:00:00Z' },
    });
  });

  it('subtract lag and horizon before each window', () => {
    expect(windowsOf('2024-03-31T00:00:00Z', { horizon: 'P1M', lag: 'P1D', train: 'P1Y', holdout: 'P1M' })).toEqual({
      holdout: { from: '2024-01-29T00:00:00Z', to: '2024-02-29T00:00:00Z' },
      train: { from: '2022-12-28T00:00:00Z', to: '2023-12-28T00:00:00Z' },
    });
  });

  it('hold no row whose label was not mature when it was used', () => {
    fc.assert(
      fc.property(asOf, windows, (time, lengths) => {
        const { train, holdout } = windowsOf(time, lengths);
        const wait = length(lengths.horizon) + length(lengths.lag);
        const at = Date.parse;
        // The newest row of each window lies before its end: t + H + L < T for every row of it.
        expect(at(holdout.to) + wait).toBeLessThanOrEqual(at(time));
        expect(at(train.to) + wait).toBeLessThanOrEqual(at(holdout.from));
        expect(at(holdout.to) - at(holdout.from)).toBe(length(lengths.holdout));
        expect(at(train.to) - at(train.from)).toBe(length(lengths.train));
      }),
    );
  });

  it('never let training and holdout share a row', () => {
    fc.assert(
      fc.property(asOf, windows, (time, lengths) => {
        const { train, holdout } = windowsOf(time, lengths);
        expect(train.to <= holdout.from).toBe(true);
      }),
    );
  });
});

describe('in a time zone', () => {
  it('months are those of its calendar, across the change of the clocks', () => {
    const lengths = { horizon: 'PT0S', lag: 'PT0S', train: 'P2M', holdout: 'P1M', timeZone: 'America/New_York' };
    expect(windowsOf('2013-04-01T04:00:00Z', lengths)).toEqual({
      train: { from: '2013-01-01T05:00:00Z', to: '2013-03-01T05:00:00Z' },
      holdout: { from: '2013-03-01T05:00:00Z', to: '2013-04-01T04:00:00Z' },
    });
    const { timeZone: _, ...inUtc } = lengths;
    expect(windowsOf('2013-04-01T04:00:00Z', inUtc).holdout.from).toBe('2013-03-01T04:00:00Z');
  });

  it('horizon and lag are, too', () => {
    const lengths = { horizon: 'P1D', lag: 'P1D', train: 'P1D', holdout: 'P1D', timeZone: 'America/New_York' };
    expect(windowsOf('2013-03-12T04:00:00Z', lengths).holdout).toEqual({
      from: '2013-03-09T05:00:00Z',
      to: '2013-03-10T05:00:00Z',
    });
  });
});

describe('the period in which a promotion is looked at again', () => {
  const between = (from: string, to: string) => ({ from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` });
  const follow = (promoted: string[], holdout: string, seen: string[], before = false) =>
    periodToFollow(
      between(promoted[0] ?? '', promoted[1] ?? ''),
      { holdout },
      between(seen[0] ?? '', seen[1] ?? ''),
      before,
    );

  it('follows right after its holdout, and is as long', () => {
    const march = ['2024-03-01', '2024-03-15'];
    const period = between('2024-03-15', '2024-03-29');
    expect(follow(march, 'P2W', ['2024-03-08', '2024-03-22'])).toEqual(period);
    expect(follow(march, 'P2W', ['2024-03-15', '2024-03-29'], true)).toEqual(period);
    expect(follow(march, 'P2W', march)).toBeNull();
  });

  it('is April for a promotion of March, though that has a day more', () => {
    const april = between('2024-04-01', '2024-05-01');
    expect(follow(['2024-03-01', '2024-04-01'], 'P1M', ['2024-04-01', '2024-05-01'])).toEqual(april);
    // What May shows is another period, whatever April showed.
    expect(follow(['2024-03-01', '2024-04-01'], 'P1M', ['2024-05-01', '2024-06-01'], true)).toBeNull();
  });

  it('ends, however long the holdout is and however often it moves on', () => {
    const promoted = ['2024-01-01', '2024-05-01'];
    const period = between('2024-05-01', '2024-09-01');
    const months = ['02', '03', '04', '05', '06', '07', '08'];
    for (const month of months) {
      const to = String(Number(month) + 4).padStart(2, '0');
      expect(follow(promoted, 'P4M', [`2024-${month}-01`, `2024-${to}-01`], month > '02')).toEqual(period);
    }
    expect(follow(promoted, 'P4M', ['2024-09-01', '2025-01-01'], true)).toBeNull();
  });

  it('begins with the first later holdout where cycles are so rare that none lies in it', () => {
    const promoted = ['2024-03-01', '2024-04-01'];
    expect(follow(promoted, 'P1M', ['2024-06-01', '2024-07-01'])).toEqual(between('2024-06-01', '2024-07-01'));
    expect(follow(promoted, 'P1M', ['2024-09-01', '2024-10-01'], true)).toBeNull();
  });
});
