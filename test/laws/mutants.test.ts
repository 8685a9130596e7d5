import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** A file of tests, with those that it only gathers. */
const withWhatItGathers = (file: string): string =>
  [...read(file).matchAll(/^import '(\..+)';$/gm)].reduce(
    (all, [, gathered]) => all + read(join(dirname(file), gathered ?? '')),
    read(file),
  );

test.each(mutants)('law $law can be broken: $breaks', ({ file, search, replacement, test: [testFile, name] }) => {
  expect(read(file).split(search), 'what is replaced stands in the file once').toHaveLength(2);
  expect(replacement).not.toBe(search);
  expect(withWhatItGathers(testFile)).toContain(name);
});

test('every law of the design can be broken', () => {
  expect(new Set(mutants.map(({ law }) => law)).size).toBe(11);
});
