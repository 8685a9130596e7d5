import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPython } from '../../../cli/python.ts';
import { Evidence } from '../../../schemas/evidence.ts';
import { Verdict } from '../../../schemas/verdict.ts';
import { runCommand } from '../runCommand.ts';

let folder: string;
let scores: string;
let policy: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reign-gate-try-'));
  scores = join(folder, 'scores.csv');
  policy = join(folder, 'policy.yaml');
  writeFileSync(scores, csv());
  writeFileSync(policy, 'gate:\n  guardrails:\n    - metric: log_loss\n      margin: 0.01\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Ten rows an hour for 20 days; the challenger knows the truth, the champion half of it. */
function csv(): string {
  const rows = Array.from({ length: 2400 }, (_, at) => {
    const [truth, other, luck] = [noise(at), noise(at + 7919), noise(at + 104_729)];
    const time = new Date(Date.UTC(2026, 0, 1) + at * 12 * 60_000).toISOString();
    return `${truth > luck ? 'late' : 'in time'},${truth},${(truth + other) / 2},${time}`;
  });
  return ['outcome,challenger,old_score,event_time', ...rows].join('\n');
}

/** A number of 0 to 1 that looks drawn and is the same every time. */
function noise(seed: number): number {
  const value = Math.sin(seed * 12.9898 + 78.233) * 43_758.5453;
  return value - Math.floor(value);
}

const reign = (...args: string[]) => runCommand(['gate', 'try', ...args], { env: { NO_COLOR: '1' } });
const columns = ['--label', 'outcome', '--champion', 'old_score', '--positive', 'late'];

test('judges two columns without a server, and says the same in both forms', async () => {
  // As the command line starts them: each program for this one command.
  const ran = await runCommand(['gate', 'try', scores, '--policy', policy, ...columns, '--json'], { openPython });
  expect(ran.code).toBe(0);
  const verdict = Verdict.parse(ran.json().verdict);
  const evidence = Evidence.parse(ran.json().measured);
  expect(verdict.kind).toBe('promote');
  expect(verdict.checks.find(({ name }) => name === 'rehearsal')?.status).toBe('notRun');
  expect(evidence).toMatchObject({
    charge: { alpha: 0.025, account: 'none' },
    clusters: { by: 'day', count: 20 },
    classes: ['in time', 'late'],
    positive: 'late',
    rows: { judged: 2400 },
  });
  const told = await reign(scores, '--policy', policy, ...columns);
  expect(told.stdout).toContain(verdict.summary.split(' ').slice(0, 5).join(' '));
  expect(told.stdout).toContain('✓ guardrail-log_loss');
  expect(told.stdout).toContain('nothing was stored or charged');
});

test('the better one as champion: the challenger does not win', async () => {
  const turned = ['--label', 'outcome', '--challenger', 'old_score', '--champion', 'challenger', '--positive', 'late'];
  const ran = await reign(scores, '--policy', policy, ...turned, '--json');
  expect([ran.code, Verdict.parse(ran.json().verdict).kind]).toEqual([0, 'keep']);
});

describe('bad input ends in one line', () => {
  test.each([
    [
      ['--label', 'late'],
      'UsageInvalid',
      /no column "late"; name one with --label\. The columns are: outcome, challenger, old_score/,
    ],
    [['--label', 'outcome', '--positive', 'late'], 'UsageInvalid', /no column "champion"; name one with --champion/],
    [[...columns, '--task', 'regression'], 'UsageInvalid', /outcome holds strings; expected numbers/],
  ])('%j', async (options, code, message) => {
    const ran = await reign(scores, '--policy', policy, ...options, '--json');
    expect([ran.code, ran.json()]).toMatchObject([2, { error: { code, message: expect.stringMatching(message) } }]);
  });

  test('no policy, no file', async () => {
    expect((await reign(scores, '--json')).json()).toMatchObject({
      error: { code: 'UsageInvalid', message: expect.stringContaining('--policy') },
    });
    const nowhere = join(folder, 'nowhere.csv');
    const ran = await reign(nowhere, '--policy', policy);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('nowhere.csv cannot be read')]);
    expect((await reign(nowhere, '--policy', policy, '--json')).json()).toMatchObject({
      error: { code: 'UsageInvalid', situation: 'unreadable', values: { file: nowhere } },
    });
  });
});
