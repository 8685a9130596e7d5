import { expect, test } from 'vitest';
import { withoutLaterFields } from '../../../operations/verify/withoutLaterFields.ts';

const stored = { format: 2, rows: { judged: 7 }, metrics: { roc_auc: 0.7 }, slices: [{ rows: 3 }] };
const read = { ...stored, rows: { judged: 7, late: 0 }, slices: [{ rows: 3, blind: null }], champion: null };

test('fields that came after the document are left out, at every depth', () => {
  const recomputed = { ...stored, rows: { judged: 7, late: 4 }, slices: [{ rows: 3, blind: true }], champion: 'v1' };
  expect(withoutLaterFields(stored, read, recomputed)).toEqual(stored);
});

test('what the document itself had, or should have had, is not', () => {
  expect(withoutLaterFields(stored, read, { ...stored, rows: { judged: 8 } })).toEqual({
    ...stored,
    rows: { judged: 8 },
  });
  // A metric that was taken out of the document is not a field that reading fills in.
  const metrics = { roc_auc: 0.7, ks: 0.4 };
  expect(withoutLaterFields(stored, read, { ...stored, metrics })).toEqual({ ...stored, metrics });
  const slices = [{ rows: 3 }, { rows: 1 }];
  expect(withoutLaterFields(stored, read, { ...stored, slices })).toEqual({ ...stored, slices });
});
