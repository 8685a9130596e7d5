import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { absolutePlace, parsePlace } from '../../store/place.ts';

// Python reads the same file: test/trainer/store/test_place.py.
const places = JSON.parse(readFileSync(join(import.meta.dirname, 'places.json'), 'utf8')) as {
  valid: Record<string, Record<string, unknown>>;
  invalid: Record<string, string>;
};

test.each(Object.entries(places.valid))('%s is read', (text, expected) => {
  const found = parsePlace(text);
  if (found.kind === 'folder') return expect(found).toEqual(expected);
  const { kind: _, pathStyle: path_style, kmsKey: kms_key, ...same } = found;
  expect({ ...same, path_style, kms_key }).toEqual(expected);
});

test.each(Object.entries(places.invalid))('%s is refused', (text, message) => {
  let refused: unknown;
  try {
    parsePlace(text);
  } catch (error) {
    refused = error;
  }
  expect(refused).toMatchObject({ code: 'SettingInvalid', message: expect.stringContaining(message) });
  expect(String(refused)).not.toContain('secret');
});

test('a folder may be relative', () => {
  expect(absolutePlace('store')).toBe(join(process.cwd(), 'store'));
  expect(absolutePlace('s3://bucket/x')).toBe('s3://bucket/x');
});
