import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadSettings } from '../../settings/settings.ts';
import { type StackOptions, startStack } from '../../stack/stack.ts';
import { startOwner } from './startOwner.ts';
import { environmentOf, idleWorker, processesOf, temporaryFolder, until } from './testHome.ts';

const everything = ['postgres', 'temporal', 'mlflow'] as const;

async function start(home: string, embedded: Parameters<typeof environmentOf>[1], options: StackOptions = {}) {
  const lines: string[] = [];
  const report = (line: string) => void lines.push(line);
  const stack = await startStack({ env: environmentOf(home, embedded), workers: [], report, ...options });
  onTestFinished(() => stack.stop({ now: true }));
  return { stack, lines };
}

function pidOf(home: string, program: RegExp): number {
  const found = processesOf(home).find((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return program.test(command) && !command.includes('keeper.py');
  });
  if (found === undefined) throw new Error(`no process ${program}`);
  return found;
}

function statusFor(port: number, host: string, origin?: string): Promise<number | undefined> {
  const headers = { host, ...(origin === undefined ? {} : { origin }) };
  const path = '/api/v1/namespaces/default';
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}

/** Files and folders of a home that another user could read, as far as that user comes. */
function openToOthers(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const mode = statSync(path).mode & 0o777;
    if (entry.isDirectory()) return (mode & 0o001) === 0 ? [] : openToOthers(path);
    return (mode & 0o044) === 0 ? [] : [path];
  });
}

describe.skipIf(process.platform !== 'linux')('the stack', () => {
  it('brings up every server, tells where they are, starts one again that is killed, and leaves nothing behind', async () => {
    const home = temporaryFolder();
    // As an earlier release left it.
    mkdirSync(join(home, 'store', 'snapshots'), { recursive: true, mode: 0o755 });
    writeFileSync(join(home, 'store', 'snapshots', 'rows.parquet'), '', { mode: 0o644 });
    const prepared: string[] = [];
    const { stack, lines } = await start(home, everything, {
      workers: [idleWorker()],
      beforeWorkers: async (settings) => void prepared.push(settings.ledgerUrl),
    });
    expect(prepared).toEqual([stack.addresses.ledgerUrl]);
    expect(loadSettings({ REIGN_HOME: home, HOME: home })).toEqual(stack.settings);
    const askTemporal = async () => {
      const connection = await Connection.connect(stack.settings.temporal.connectionOptions);
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
    };
    await askTemporal();
    const { ui, trackerUri } = stack.addresses;
    for (const url of [ui.temporal, ui.mlflow, `${trackerUri}/health`]) {
      expect((await fetch(url ?? '')).status).toBe(200);
    }
    expect(readFileSync(join(home, 'stack.json'), 'utf8')).toContain('"ledgerUrl"');

    // Temporal's pages answer nobody who comes under another name, and its HTTP API nobody at all.
    const { port } = new URL(ui.temporal ?? '');
    expect(await statusFor(Number(port), 'rebound.example')).toBe(403);
    expect(await statusFor(Number(port), `127.0.0.1:${port}`, 'https://rebound.example')).toBe(403);
    const ports = JSON.parse(readFileSync(join(home, 'ports.json'), 'utf8'));
    expect(await statusFor(ports.temporalHttp, `127.0.0.1:${ports.temporalHttp}`)).toBe(403);
    expect(openToOthers(home)).toEqual([]);

    // On the same port.
    process.kill(pidOf(home, /temporal server/), 'SIGKILL');
    await until('it is back', () => lines.includes('temporal is back.'));
    await askTemporal();

    await stack.stop();
    expect(await stack.ended).toBeUndefined();
    expect(processesOf(home)).toEqual([]);
    expect(existsSync(join(home, 'stack.json'))).toBe(false);
  });

  it('starts nothing embedded for what is given', async () => {
    const home = temporaryFolder();
    const { stack } = await start(home, []);
    expect(processesOf(home)).toEqual([]);
    expect(existsSync(join(home, 'postgres'))).toBe(false);
    expect(stack.addresses).toEqual({
      ledgerUrl: 'postgresql://nobody@127.0.0.1:1/ledger',
      connections: { warehouse: 'postgresql://nobody@127.0.0.1:1/warehouse' },
      owners: { connections: {} },
      temporal: { address: '127.0.0.1:1', namespace: 'default' },
      trackerUri: 'http://127.0.0.1:1',
      store: join(home, 'store'),
      ui: {},
    });
  });

  it('leaves nothing behind when its process is killed, and starts again at once', async () => {
    const home = temporaryFolder();
    const owner = await startOwner(home, ['postgres', 'temporal']);
    expect(processesOf(home).length).toBeGreaterThan(5);
    owner.process.kill('SIGKILL');
    await owner.exit;
    // Not waiting until the old one's keepers are done is the point.
    const next = await startOwner(home, ['postgres', 'temporal']);
    expect(next.addresses).toEqual(owner.addresses);
    next.process.kill('SIGKILL');
    await until('all are gone', () => processesOf(home).length === 0);
  });

  it('is joined by a second process, for which its owner waits', async () => {
    const home = temporaryFolder();
    const owner = await startOwner(home, []);
    const user = await startOwner(home, []);
    expect([owner.attached, user.attached]).toEqual([false, true]);
    const workers = processesOf(home);
    owner.process.kill('SIGINT');
    await until('the owner waits', () => owner.said().includes('Still in use by ownStack.ts'));
    await sleep(300);
    expect(processesOf(home)).toEqual(workers);
    expect(workers.length).toBeGreaterThan(2);
    user.process.kill('SIGTERM');
    expect([await user.exit, await owner.exit]).toEqual([0, 0]);
    expect(processesOf(home)).toEqual([]);
  });

  it('does not wait when it is asked twice, and tells those who use it', async () => {
    const home = temporaryFolder();
    const owner = await startOwner(home, []);
    const { stack: user } = await start(home, []);
    expect(user.attached).toBe(true);
    owner.process.kill('SIGINT');
    await until('the owner waits', () => owner.said().includes('Still in use'));
    await sleep(500);
    owner.process.kill('SIGINT');
    expect(await owner.exit).toBe(0);
    expect(await user.ended).toMatch(/^The process \d+ that ran the stack has ended/);
  });

  it('refuses to be joined with other settings', async () => {
    const home = temporaryFolder();
    await start(home, []);
    const env = { ...environmentOf(home, []), MLFLOW_TRACKING_URI: 'http://127.0.0.1:2' };
    await expect(startStack({ env })).rejects.toMatchObject({
      code: 'SettingInvalid',
      message: expect.stringMatching(/^MLFLOW_TRACKING_URI: the running stack was started with another value/),
    });
  });

  it('fails with one line when a part dies at its start, and leaves nothing behind', async () => {
    const home = temporaryFolder();
    const broken = { name: 'trainer', command: ['sh', '-c', 'echo no such module; sleep 1000 & exit 3'] };
    await expect(start(home, ['postgres'], { workers: [idleWorker(), broken] })).rejects.toThrow(
      /^trainer did not start \(exit code 3\)\. Log: .*trainer\.log: no such module$/,
    );
    expect(processesOf(home)).toEqual([]);
  });

  it('gives a part up that dies again and again, and ends', async () => {
    const home = temporaryFolder();
    const { stack, lines } = await start(home, [], { workers: [idleWorker('worker', 'sleep 0.3; exit 3')] });
    const reason = await stack.ended;
    expect(reason).toMatch(
      /^worker ended unasked \(exit code 3\)\. Log: .*It died 5 times within a minute: giving up\.$/,
    );
    expect(lines.filter((line) => line.endsWith('Starting it again.'))).toHaveLength(4);
    expect(processesOf(home)).toEqual([]);
  });

  it('can be stopped while it starts', async () => {
    const home = temporaryFolder();
    const stop = new AbortController();
    const starting = start(home, ['postgres', 'mlflow'], { signal: stop.signal });
    await sleep(400);
    stop.abort(new Error('no longer wanted'));
    await expect(starting).rejects.toThrow('no longer wanted');
    expect(processesOf(home)).toEqual([]);
  });

  it('is not misled by a file that a killed one left', async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'stack.json'), '{"owner":{"pid":1,"startedAt":"0"}');
    const { stack } = await start(home, []);
    expect(stack.attached).toBe(false);
  });
});
