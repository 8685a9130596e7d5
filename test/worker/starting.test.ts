import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectFolder } from '../../settings/home.ts';
import { withLedger } from '../ledger/withLedger.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'reign-worker-'));
});
afterAll(() => rmSync(home, { recursive: true }));

/** Starts a worker with these settings alone, and waits for its end. */
const start = (settings: Record<string, string>): Promise<{ code: unknown; stderr: string }> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      REIGN_HOME: home,
      TEMPORAL_CONFIG_FILE: join(home, 'none.toml'),
      ...settings,
    };
    execFile(process.execPath, [join(projectFolder, 'worker/worker.ts')], { env }, (error, _, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });

const everywhere = {
  REIGN_LEDGER_URL: 'postgresql://ada:secret@127.0.0.1:1/ledger',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
};

test.each([
  [
    'that is missing',
    {},
    /^error\[SettingMissing\]: .*REIGN_LEDGER_URL, TEMPORAL_ADDRESS, MLFLOW_TRACKING_URI are not set/,
  ],
  [
    'that cannot be used',
    { ...everywhere, REIGN_LEDGER_URL: 'mysql://ada:secret@db' },
    /^error\[SettingInvalid\]: REIGN_LEDGER_URL/,
  ],
  ['whose server does not answer', everywhere, /^error\[LedgerUnavailable\]: /m],
])('a setting %s ends it with its name and what to do, and shows no password', async (_, settings, message) => {
  const { code, stderr } = await start(settings);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('secret');
  expect(stderr).not.toMatch(/^ +at /m);
});

test('without Temporal it ends after it has migrated, and never says that it is ready', async () => {
  await using ledger = await withLedger();
  const ready = join(home, 'ready');
  const { code, stderr } = await start({ ...everywhere, REIGN_LEDGER_URL: ledger.url, REIGN_READY_FILE: ready });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error\[OrchestratorUnavailable\]: Temporal at 127\.0\.0\.1:1 does not answer: /m);
  expect(existsSync(ready)).toBe(false);
});
