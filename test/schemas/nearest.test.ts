import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../schemas/nearest.ts';

const words = ['rowId', 'eventTime', 'timeZone', 'label', 'labels', 'features', 'weight'];

test.each([
  ['row_id', 'rowId'],
  ['featurs', 'features'],
  ['lable', 'label'],
  ['labels', 'labels'],
  ['timezone', 'timeZone'],
  ['xyz', undefined],
  ['', undefined],
])('%s -> %s', (word, meant) => {
  expect(nearest(word, words)).toBe(meant);
});

test('a word with one letter mistyped is found again', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('eventTime', 'features', 'timeZone', 'weight'),
      fc.nat(),
      fc.stringMatching(/^[a-z]$/),
      (word, at, letter) => {
        const place = at % word.length;
        expect(nearest(word.slice(0, place) + letter + word.slice(place + 1), words)).toBe(word);
      },
    ),
  );
});
