import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ErrorCode, errorOf, errors, ReignError } from '../../schemas/errors.ts';
import freeText from './freeTextErrors.json' with { type: 'json' };

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

/** How often a code is written freely, in these files: `new ReignError('Code', ...)`. */
function freelyWritten(pattern: string, written: RegExp): Record<string, number> {
  const counts: Record<string, number> = {};
  const files = globSync(pattern, { cwd: root, exclude: ['node_modules/**', 'test/**', '.reign/**'] });
  for (const file of files.filter((each) => !/(^schemas\/errors\.ts|reign_trainer\/errors\.py)$/.test(each))) {
    for (const [, code = 'other'] of readFileSync(join(root, file), 'utf8').matchAll(written))
      counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

test('errors are made from templates: those that are still written freely are listed, and become fewer', () => {
  // Made from a template, an error leaves the list: then lower its number, or remove it.
  const typescript = freelyWritten('*/**/*.ts', /new (?:\w+)Error\(\s*(?:'([A-Z]\w+)',|(?=\w+\.code))/g);
  const python = freelyWritten('trainer/reign_trainer/**/*.py', /TrainerError\(\s*(?:"([A-Z]\w+)"(?=,| if))?/g);
  expect({ typescript, python }).toEqual(freeText);
});
