import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDocuments } from '../../../operations/verify/compareDocuments.ts';

test.each([
  [{ a: 1.5 }, { a: 1.5 }, 'identical'],
  [{ a: 1, b: [2] }, { b: [2], a: 1 }, 'identical'],
  [{ a: 0.1 }, { a: 0.1 + 1e-9 }, 'close'],
  [{ a: 1e6 + 0.5 }, { a: 1e6 + 0.4 }, 'close'],
  [{ a: 0.1 }, { a: 0.11 }, 'differs'],
  [{ a: 0.000_001_5 }, { a: 0.000_003_5 }, 'differs'],
  // Counts are not measured: a row more is a row more.
  [{ rows: 1_000_000 }, { rows: 1_000_001 }, 'differs'],
  [{ a: null }, { a: 0 }, 'differs'],
  [{ a: 'x' }, { a: 'y' }, 'differs'],
  [{ a: 1 }, {}, 'differs'],
  [[1, 2], [1], 'differs'],
  [{ a: [] }, { a: {} }, 'differs'],
] as const)('%j and %j: %s', (stored, recomputed, outcome) => {
  expect(compareDocuments(stored, recomputed).outcome).toBe(outcome);
});

test('names every place, what is not close first', () => {
  const stored = { metrics: { roc_auc: { low: 0.1 } }, slices: [{ rows: 3 }, { rows: 4 }], 'odd name': 1 };
  const recomputed = { metrics: { roc_auc: { low: 0.1 + 1e-9 } }, slices: [{ rows: 3 }, { rows: 5 }], 'odd name': 2 };
  expect(compareDocuments(stored, recomputed).differences).toEqual([
    { path: 'slices[1].rows', stored: 4, recomputed: 5, close: false },
    { path: '["odd name"]', stored: 1, recomputed: 2, close: false },
    { path: 'metrics.roc_auc.low', stored: 0.1, recomputed: 0.1 + 1e-9, close: true },
  ]);
});

describe('any document', () => {
  test('is identical to itself, and after one value was changed it is not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(compareDocuments(one, structuredClone(one)).outcome).toBe('identical');
        const changed = compareDocuments({ at: [1, one] }, { at: [1, { changed: other }] });
        expect(changed.outcome).toBe('differs');
        for (const { path } of changed.differences) expect(path).toMatch(/^at\[1\]/);
      }),
    );
  });
});
