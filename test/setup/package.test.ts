import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDefinition } from '../../definition/readDefinition.ts';
import { projectFolder } from '../../settings/home.ts';
import type { WorkerProgram } from '../../stack/workers.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { until } from '../stack/testHome.ts';

const run = promisify(execFile);

/** A folder as it is after `npm install reign.tgz`: the packages are linked, so that no network is needed. */
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reign-package-'));
  const packed = join(folder, 'packed');
  const modules = join(folder, 'node_modules');
  mkdirSync(packed);
  mkdirSync(join(modules, 'reign'), { recursive: true });
  await run('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: projectFolder });
  await run('tar', ['-xzf', join(packed, 'reign-0.1.0.tgz'), '-C', join(modules, 'reign'), '--strip-components=1']);
  for (const name of readdirSync(join(projectFolder, 'node_modules')))
    if (!name.startsWith('.') && name !== 'reign')
      symlinkSync(join(projectFolder, 'node_modules', name), join(modules, name));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function reign(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { bin } = JSON.parse(readFileSync(join(folder, 'node_modules/reign/package.json'), 'utf8')) as {
    bin: { reign: string };
  };
  const program = join(folder, 'node_modules/reign', bin.reign);
  const env = { PATH: process.env.PATH, HOME: folder };
  return await run(process.execPath, [program, ...args], { cwd: folder, env }).then(
    (ran) => ({ code: 0, ...ran }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

test('the installed package runs from any folder, in JavaScript, and asks for no Python until it needs one', async () => {
  const help = await reign('--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('dev [options]');
  const models = await reign('models', '--json');
  expect([models.code, JSON.parse(models.stdout)]).toMatchObject([
    3,
    {
      error: {
        code: 'SettingMissing',
        advice: expect.stringContaining('`reign dev`'),
        message: expect.stringContaining(`no stack runs in ${join(folder, '.reign')}`),
      },
    },
  ]);
  expect(existsSync(join(folder, '.reign'))).toBe(false);
  const shipped = readdirSync(join(folder, 'node_modules/reign/build'), { recursive: true, encoding: 'utf8' });
  expect(shipped.filter((name) => name.endsWith('.ts'))).toEqual([]);
  for (const file of ['worker/worker.js', 'workflows/index.js', 'stack/keeper.py', 'trainer/requirements.txt'])
    expect(shipped).toContain(file);
});

test('reign init writes a definition that reads, and writes over nothing', async () => {
  const made = await reign('init', 'loans');
  expect(made.stdout).toContain('Wrote models/loans/loans.yaml and models/loans/pipeline.py.');
  const { definition } = await readDefinition(join(folder, 'models/loans/loans.yaml'));
  expect(definition).toMatchObject({ model: 'loans', pipeline: { entrypoint: 'pipeline.py:build' } });
  const again = await reign('init', 'loans', '--json');
  expect([again.code, JSON.parse(again.stdout)]).toMatchObject([
    2,
    { error: { message: 'models/loans/loans.yaml already exists. Choose another model name, or move the file away' } },
  ]);
  expect((await reign('init', '../loans')).stderr).toContain('error[DefinitionInvalid]');
});

test('the worker that reign dev starts bundles the workflows, and listens', async () => {
  await using ledger = await withLedger();
  const path = join(projectFolder, '.reign/python/bin/temporal');
  // The server that skips time knows no schedules, and a worker looks whose Temporal it is.
  const temporal = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path } },
  });
  try {
    const { defaultWorkers } = (await import(join(folder, 'node_modules/reign/build/stack/workers.js'))) as {
      defaultWorkers: readonly WorkerProgram[];
    };
    const [program, ...args] = defaultWorkers.find(({ name }) => name === 'worker')?.command ?? [];
    const ready = join(folder, 'ready');
    const env = {
      PATH: process.env.PATH,
      REIGN_HOME: join(folder, 'home'),
      REIGN_LEDGER_URL: ledger.url,
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      TEMPORAL_ADDRESS: temporal.address,
      REIGN_READY_FILE: ready,
    };
    const worker = spawn(program ?? '', args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    // All that it said has been read by then.
    const ended = once(worker, 'close');
    let said = '';
    worker.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await until('the worker listens or ends', () => existsSync(ready) || worker.exitCode !== null, { seconds: 120 });
    worker.kill('SIGTERM');
    expect([await ended, said]).toEqual([[0, null], expect.stringContaining('worker is listening')]);
  } finally {
    await temporal.teardown();
  }
});
