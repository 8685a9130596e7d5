import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOf, exitCodes } from '../../cli/exitCodes.ts';
import { type ErrorCode, errors } from '../../schemas/errors.ts';
import { thisProcess } from '../../setup/processIdentity.mjs';
import { withLine } from '../definition/valid.ts';
import { runCommand } from './runCommand.ts';

test('help tells commands and exit codes, and is no error', async () => {
  for (const args of [[], ['--help'], ['help']]) {
    const { code, stdout, stderr } = await runCommand(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['dev', 'apply', 'retrain', 'cycles', 'show', 'history', 'try', 'doctor', 'Exit codes', '130']) {
      expect(stdout).toContain(word);
    }
  }
});

test.each([
  [['cycels', 'm'], "unknown command 'cycels' (Did you mean cycles?)"],
  [['cycles'], "missing required argument 'model'"],
  [['retrain', 'm'], "required option '--as-of <time>' not specified"],
  [['cycles', 'm', '--wait'], "unknown option '--wait'"],
  [['try', 'f.yaml', '--rows', '0'], "option '--rows <n>' argument '0' is invalid. expected a whole number above zero"],
])('usage: %j', async (args, message) => {
  const told = await runCommand(args);
  expect(told).toMatchObject({ code: 2, stdout: '' });
  expect(told.stderr).toBe(`error[UsageInvalid]: ${message}\n${errors.UsageInvalid.advice}\n`);
  const { code, json, stderr } = await runCommand([...args, '--json']);
  expect([code, json(), stderr]).toMatchObject([2, { error: { code: 'UsageInvalid', message } }, '']);
});

test.each(['cycles m', 'show c', 'history m', 'models', 'retrain m --as-of 2001-02-12'])(
  'without a stack and settings, %s says what is missing',
  async (line) => {
    const { code, json } = await runCommand([...line.split(' '), '--json']);
    expect([code, json()]).toMatchObject([3, { error: { code: 'SettingMissing' } }]);
  },
);

test('with --json an error is data: its situation, and what its message was filled with', async () => {
  const { code, json } = await runCommand(['explain', 'primry', '--json']);
  expect(code).toBe(2);
  expect(json()).toEqual({
    error: {
      code: 'UsageInvalid',
      situation: 'checkUnknown',
      values: { name: '"primry"', hint: expect.stringContaining('primary') },
      place: { file: null, field: null, line: null, column: null },
      message: expect.stringContaining('the gate has no check "primry"'),
      advice: errors.UsageInvalid.advice,
    },
  });
});

test.each(['apply', 'try'])('%s tells what is wrong with a file without any stack', async (command) => {
  const folder = mkdtempSync(join(tmpdir(), 'reign-cli-'));
  const file = join(folder, 'm.yaml');
  try {
    writeFileSync(file, withLine('task: binary', 'task: x').replace('margin: 0.01', 'margin: a'));
    const { code, stderr } = await runCommand([command, file]);
    expect(code).toBe(2);
    expect(stderr.split('\n')).toEqual([
      'error[DefinitionInvalid]:',
      `${file}:2:7 task: found "x"; expected one of binary, multiclass, regression`,
      `${file}:25:15 gate.guardrails[0].margin: found "a"; expected a number`,
      'Correct the definition and apply it again.',
      '',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('doctor works when nothing runs, and never shows a password', async () => {
  const env = {
    REIGN_LEDGER_URL: 'postgresql://ada:secret@127.0.0.1:1/ledger',
    REIGN_CONNECTION_WAREHOUSE: 'postgresql://ada:secret@127.0.0.1:1/warehouse',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    MLFLOW_TRACKING_URI: 'http://ada:secret@127.0.0.1:1',
  };
  const { code, stdout, json } = await runCommand(['doctor', '--json'], { env });
  expect(code).toBe(3);
  const findings = json().findings as { part: string; status: string; advice: string | null }[];
  const sick = findings.filter(({ status }) => status === 'problem');
  expect(sick.map(({ part }) => part)).toEqual(['ledger', 'connection warehouse', 'Temporal', 'MLflow']);
  for (const { advice } of sick) expect(advice).toBeTruthy();
  expect(stdout).not.toContain('secret');
  const text = await runCommand(['doctor']);
  expect(text.code).toBe(3);
  expect(text.stdout).toContain('To fix');
});

test('settings that the running stack was not started with are refused where it would do the work', async () => {
  const home = mkdtempSync(join(tmpdir(), 'reign-cli-'));
  try {
    const addresses = {
      ledgerUrl: 'postgresql://reign:x@127.0.0.1:1/ledger',
      connections: { warehouse: 'postgresql://reign:x@127.0.0.1:1/warehouse' },
      temporal: { address: '127.0.0.1:1', namespace: 'default' },
      trackerUri: 'http://127.0.0.1:1',
      ui: {},
    };
    writeFileSync(join(home, 'stack.json'), JSON.stringify({ owner: thisProcess(), addresses }));
    const tried = async (env: Record<string, string>) =>
      (
        await runCommand(['try', 'examples/flights/flight-delay-linear.yaml', '--as-of', '2001-02-12', '--json'], {
          env: { REIGN_HOME: home, ...env },
        })
      ).json();
    expect(await tried({ REIGN_CONNECTION_WAREHOUSE: 'postgresql://ada:secret@127.0.0.1:1/other' })).toMatchObject({
      error: {
        code: 'SettingInvalid',
        message: expect.stringMatching(/^REIGN_CONNECTION_WAREHOUSE: the running stack/),
      },
    });
    expect(await tried({ REIGN_CONNECTION_WAREHOUSE: addresses.connections.warehouse })).toMatchObject({
      error: { code: 'OrchestratorUnavailable' },
    });
  } finally {
    rmSync(home, { recursive: true });
  }
});

test('Ctrl-C ends a command that waits for a server', async () => {
  const sockets = new Set<{ destroy(): void }>();
  // Takes connections and never answers.
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const env = { REIGN_LEDGER_URL: `postgresql://postgres@127.0.0.1:${port}/reign` };
    const interrupted = AbortSignal.timeout(300);
    const { code, json } = await runCommand(['cycles', 'm', '--json'], { env, interrupted });
    expect([code, json()]).toMatchObject([130, { error: { code: 'Interrupted' } }]);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test('an error that a retry can help is never said to be bad input', () => {
  const unavailable = (Object.keys(errors) as ErrorCode[]).filter((code) => errors[code].retry);
  const others: Partial<Record<ErrorCode, number>> = {
    Interrupted: exitCodes.interrupted,
    ChildDied: exitCodes.internal,
    Internal: exitCodes.internal,
  };
  expect(unavailable).toEqual(expect.arrayContaining(['LedgerUnavailable', ...Object.keys(others)]));
  for (const code of unavailable) {
    expect([code, exitCodeOf(code)]).toEqual([code, others[code] ?? exitCodes.unreachable]);
  }
});

test.each([
  ['DefinitionInvalid', 2],
  ['FitFailed', 2],
  ['SettingMissing', 3],
  ['ConnectionUnknown', 3],
  ['StoreCorrupt', 1],
  ['LedgerConflict', 1],
] as const)('%s ends with %i', (code, exitCode) => expect(exitCodeOf(code)).toBe(exitCode));
