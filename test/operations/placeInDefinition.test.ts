import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReadDefinition, readDefinition } from '../../definition/readDefinition.ts';
import { placeInDefinition } from '../../operations/placeInDefinition.ts';
import { WorkflowError } from '../../operations/workflowError.ts';
import { type ErrorCode, errorOf, ReignError } from '../../schemas/errors.ts';
import type { ErrorPlace } from '../../schemas/place.ts';
import { validDefinition } from '../definition/valid.ts';

let folder: string;
let read: ReadDefinition;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reign-place-'));
  writeFileSync(join(folder, 'm.yaml'), validDefinition);
  read = await readDefinition(join(folder, 'm.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const cases: [ErrorCode, Partial<ErrorPlace>, string, string][] = [
  ['QueryInvalid', { field: ['source', 'query'], line: 2, column: 6 }, 'syntax error', 'm.yaml:6:1 syntax error'],
  ['QueryInvalid', {}, 'source.query holds two statements', 'm.yaml:4:10 source.query holds two statements'],
  ['ColumnMissing', { field: ['source', 'features', 1] }, 'no column origin', 'm.yaml:11:24 no column origin'],
  // What a message says is for people: nothing is read out of it.
  ['ColumnMissing', {}, 'source.features[1]: line 2', 'm.yaml:4:10 source.features[1]: line 2'],
  ['PipelineInvalid', {}, 'build returns None', 'm.yaml:20:15 build returns None'],
  ['SourceUnavailable', {}, 'the warehouse does not answer', 'the warehouse does not answer'],
];

test('situation, values and place stay, whatever the error came through', () => {
  const own = errorOf(
    'ColumnMissing',
    'notReturned',
    { field: 'source.features[1]', column: 'origin', meant: '', columns: 'dest' },
    { place: { field: ['source', 'features', 1] } },
  );
  const placed = placeInDefinition(own, read);
  expect(placed).toMatchObject({ situation: own.situation, values: own.values, place: own.place, cause: own });
  const detail = { traceback: null, file: 'pipeline.py', line: 3, situation: 'raised', values: { exception: 'E' } };
  const theirs = new WorkflowError('PipelineImport', 'E in pipeline.py', detail);
  expect(placeInDefinition(theirs, read)).toMatchObject({ situation: 'raised', values: { exception: 'E' }, detail });
});

test.each(cases)('%s at %j: %s', (code, place, message, placed) => {
  const error = placeInDefinition(new ReignError(code, message, { place }), read);
  expect(error).toMatchObject({ code, message: expect.stringContaining(placed) });
});
