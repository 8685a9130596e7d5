import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPolicy } from '../../../cli/gateTry/readPolicy.ts';
import { validDefinition } from '../../definition/valid.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reign-policy-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function policy(text: string): Promise<string> {
  const path = join(folder, 'policy.yaml');
  await writeFile(path, text);
  return path;
}

test('a policy, with the defaults of a definition', async () => {
  const given = await readPolicy(await policy('gate:\n  primary: ks\n'));
  expect(given).toMatchObject({
    gate: { primary: 'ks', win: 'superior', error: { perCycle: 0.025 } },
    definition: null,
  });
});

test('an empty one is all defaults', async () => {
  expect((await readPolicy(await policy('gate:\n'))).gate.guardrails).toEqual([]);
});

test('a whole definition', async () => {
  const given = await readPolicy(await policy(validDefinition));
  expect(given.definition?.model).toBe('flight-delay');
  expect(given.gate.guardrails).toHaveLength(1);
});

test.each([
  ['gate:\n  primary: auc\n', /policy\.yaml:2:12 gate\.primary: found "auc"; expected one of roc_auc/],
  ['gate:\n  primaries: ks\n', /policy\.yaml:2:3 gate\.primaries: unknown field/],
  ['primary: ks\n', /found primary; expected one mapping `gate`/],
  ['- 1\n', /expected one mapping `gate`/],
  ['', /found no mapping/],
  ['gate: {', /policy\.yaml:1:/],
])('%j names the place', async (text, message) => {
  await expect(readPolicy(await policy(text))).rejects.toThrow(message);
});

test('a file that is not there', async () => {
  await expect(readPolicy(join(folder, 'nowhere.yaml'))).rejects.toThrow(/nowhere\.yaml: found no such file/);
});
