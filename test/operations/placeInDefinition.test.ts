import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReadDefinition, readDefinition } from '../../definition/readDefinition.ts';
import { placeInDefinition } from '../../operations/placeInDefinition.ts';
import { type ErrorCode, ReignError } from '../../schemas/errors.ts';
import { validDefinition } from '../definition/valid.ts';

let folder: string;
let read: ReadDefinition;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reign-place-'));
  writeFileSync(join(folder, 'm.yaml'), validDefinition);
  read = await readDefinition(join(folder, 'm.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const cases: [ErrorCode, string, string][] = [
  [
    'QueryInvalid',
    'source.query, line 2, column 6: syntax error',
    'm.yaml:6:1 source.query, line 2, column 6: syntax error',
  ],
  ['QueryInvalid', 'source.query holds two statements', 'm.yaml:4:10 source.query holds two statements'],
  ['ColumnMissing', 'source.features[1]: no column origin', 'm.yaml:11:24 source.features[1]: no column origin'],
  ['PipelineInvalid', 'build returns None', 'm.yaml:20:15 build returns None'],
  ['SourceUnavailable', 'the warehouse does not answer', 'the warehouse does not answer'],
];

test.each(cases)('%s: %s', (code, message, placed) => {
  const error = placeInDefinition(new ReignError(code, message), read);
  expect(error).toMatchObject({ code, message: expect.stringContaining(placed) });
});
