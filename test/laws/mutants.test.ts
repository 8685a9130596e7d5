import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('every mutation finds its place in the code, once, and its test file', () => {
  for (const {
    law,
    breaks,
    file,
    search,
    replacement,
    test: [testFile],
  } of mutants) {
    expect(read(file).split(search).length - 1, `law ${law}: ${breaks}`).toBe(1);
    expect(replacement, `law ${law}: ${breaks}`).not.toBe(search);
    expect(read(testFile)).not.toBe('');
  }
  expect(new Set(mutants.map(({ law }) => law)).size).toBe(11);
});
