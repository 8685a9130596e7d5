import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCatalogue, explainedCheck } from '../../gate/checkCatalogue.ts';
import { explainOperation } from '../../operations/explain.ts';
import { perform } from '../../operations/operation.ts';
import { runCommand } from '../cli/runCommand.ts';

const folder = join(import.meta.dirname, '../../gate/checks');

/** The names that the gate's source gives its checks. */
const named = globSync('*.ts', { cwd: folder }).flatMap((file) => {
  const source = readFileSync(join(folder, file), 'utf8');
  return [...source.matchAll(/(?:\bname: (?:[^,\n]+ \? )?|noted\(\s*|winBar\()['`]([a-z][a-z-]*)/g)].map(
    ([, name = '']) => name,
  );
});

test('every check of the gate is explained, and nothing else', () => {
  expect(named.length).toBeGreaterThan(30);
  for (const name of named) {
    const example = name.endsWith('-') ? `${name}x` : name;
    expect(explainedCheck(example), example).toBeDefined();
  }
  for (const { name } of checkCatalogue) {
    const stem = name.split('<')[0] ?? '';
    expect(named, name).toContain(stem);
  }
});

test('a check of the policy is found by the name that a verdict gives it', async () => {
  const { checks } = await perform(explainOperation, {}, { check: 'guardrail-log_loss' });
  expect(checks).toMatchObject([{ name: 'guardrail-<metric>', effect: expect.stringContaining('not promoted') }]);
});

test('reign explain: one in full, all as a list, and what was probably meant', async () => {
  const one = await runCommand(['explain', 'no-leak']);
  expect(one).toMatchObject({ code: 0, stderr: '' });
  expect(one.stdout).toMatch(/^no-leak\nNo feature alone .*\n\nWhere it fails\nThe verdict is `invalid`/s);
  const all = await runCommand(['explain']);
  for (const { name } of checkCatalogue) expect(all.stdout).toContain(name);
  const typo = await runCommand(['explain', 'no-leaks', '--json']);
  expect([typo.code, typo.json()]).toMatchObject([
    2,
    { error: { code: 'UsageInvalid', message: 'the gate has no check "no-leaks"; did you mean no-leak?' } },
  ]);
});
