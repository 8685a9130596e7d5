import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ErrorCode, errorOf, errors, ReignError } from '../../schemas/errors.ts';

const root = join(import.meta.dirname, '../..');

test('an error says its template, and carries what it was filled with', () => {
  const error = errorOf('CycleUnknown', 'none', { cycle: 'm.live.20010101T000000Z.v1' });
  expect(error).toBeInstanceOf(ReignError);
  expect(error).toMatchObject({
    code: 'CycleUnknown',
    situation: 'none',
    values: { cycle: 'm.live.20010101T000000Z.v1' },
    message: 'There is no cycle m.live.20010101T000000Z.v1',
    place: { file: null, field: null, line: null, column: null },
  });
});

test('numbers fill places of numbers, and no value is taken for a place', () => {
  const values = { cycle: '{newer}', attempt: 1, newer: 2 };
  expect(errorOf('LedgerConflict', 'attemptReplaced', values).message).toBe(
    'Cycle {newer}: attempt 1 was replaced by attempt 2',
  );
});

test('a place that nothing is given for is a defect of the caller', () => {
  // @ts-expect-error: the type asks for the cycle
  expect(() => errorOf('CycleUnknown', 'none')).toThrow('nothing is given for {cycle}');
});

test('every error has an HTTP status that fits whether it may pass', () => {
  for (const code of Object.keys(errors) as ErrorCode[]) {
    const { status, retry } = errors[code];
    expect(status, code).toBeGreaterThanOrEqual(400);
    if (retry) expect(status, code).toBeGreaterThanOrEqual(500);
  }
});

/** Who makes an error with a message of its own instead of a template: they pass on what another process has said. */
const passOn = {
  typescript: ['operations/placeInDefinition.ts'],
  python: ['trainer/reign_trainer/judge.py'],
};

test('errors are made from templates, except where one that has been said already is passed on', () => {
  const excluded = ['node_modules/**', 'test/**', '.reign/**', 'schemas/errors.ts', 'trainer/reign_trainer/errors.py'];
  const filesWith = (pattern: string, written: RegExp): string[] =>
    globSync(pattern, { cwd: root, exclude: excluded }).filter((file) =>
      written.test(readFileSync(join(root, file), 'utf8')),
    );
  const typescript = filesWith('*/**/*.ts', /new \w+Error\(\s*(?:'[A-Z]\w+',|\w+\.code)/);
  const python = filesWith('trainer/reign_trainer/**/*.py', /TrainerError\(/);
  expect({ typescript, python }).toEqual(passOn);
});
