import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPeriod, windowsOf } from '../../gate/windows.ts';

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

describe('the period in which a promotion is looked at again', () => {
  const promoted = { from: '2024-03-01T00:00:00Z', to: '2024-03-15T00:00:00Z' };

  it('follows right after its holdout, and is as long', () => {
    const overlapping = { from: '2024-03-08T00:00:00Z', to: '2024-03-22T00:00:00Z' };
    expect(nextPeriod(promoted, overlapping)).toEqual({ from: promoted.to, to: '2024-03-29T00:00:00Z' });
  });

  it('begins with the next holdout where cycles are rare', () => {
    const later = { from: '2024-04-01T00:00:00Z', to: '2024-04-15T00:00:00Z' };
    expect(nextPeriod(promoted, later)).toEqual(later);
  });
});
