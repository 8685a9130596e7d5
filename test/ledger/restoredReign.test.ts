import { expect, test } from 'vitest';
import { type PastReign, restoredReign } from '../../ledger/restoredReign.ts';

/** `A B C B2`: the fourth reign restores the second one. `D!` is an override. */
function line(text: string): PastReign[] {
  return text.split(' ').map((one, at) => {
    const [, letter = '', restored, override] = one.match(/^([A-Z])(\d?)(!?)$/) ?? [];
    const kind = restored ? 'rollback' : override ? 'override' : 'promotion';
    return {
      ...{ epoch: at + 1, champion: letter, version: letter.charCodeAt(0) - 64, kind },
      restoresEpoch: restored ? Number(restored) : null,
    };
  });
}

const restored = (text: string, to?: number) =>
  restoredReign(text === '' ? [] : line(text), { model: 'loans', lineage: 'live', to });
const refused = (situation: string) => expect.objectContaining({ code: 'RollbackRefused', situation });

test.each([
  ['A B', 'A', 1],
  ['A B C', 'B', 2],
  // What reigns was itself restored: the one before the reign that it restored, never the one that failed.
  ['A B C B2', 'A', 1],
  ['A B A1 C', 'A', 3],
  ['A B A1 C D', 'C', 4],
  ['A B C A1 D A4 E', 'A', 6],
  ['A B C! B2 C3', 'B', 2],
  ['A B C D B2 E B5', 'A', 1],
] as const)('%s: back to %s of epoch %d', (reigns, champion, epoch) => {
  expect(restored(reigns)).toMatchObject({ champion, epoch });
});

test('a version that is named comes back as it reigned last', () => {
  expect(restored('A B C', 1)).toMatchObject({ champion: 'A', epoch: 1 });
  expect(restored('A B A1 C', 1)).toMatchObject({ champion: 'A', epoch: 3 });
  // Also one that failed: somebody found out that it had not.
  expect(restored('A B A1', 2)).toMatchObject({ champion: 'B', epoch: 2 });
});

test('what there is to go back to is there, and another one', () => {
  expect(() => restored('')).toThrow(refused('nobodyReigns'));
  expect(() => restored('', 1)).toThrow(refused('nobodyReigns'));
  expect(() => restored('A')).toThrow(refused('noPredecessor'));
  expect(() => restored('A B A1')).toThrow(refused('noPredecessor'));
  expect(() => restored('A B A1 C A3')).toThrow(refused('noPredecessor'));
  expect(() => restored('A B', 2)).toThrow(refused('reigns'));
  expect(() => restored('A B', 3)).toThrow(refused('neverReigned'));
});
