import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test.each(mutants)('law $law can be broken: $breaks', ({ file, search, replacement, test: [testFile, name] }) => {
  expect(read(file).split(search), 'what is replaced stands in the file once').toHaveLength(2);
  expect(replacement).not.toBe(search);
  expect(read(testFile)).toContain(name);
});

test('every law of the design can be broken', () => {
  expect(new Set(mutants.map(({ law }) => law)).size).toBe(11);
});
