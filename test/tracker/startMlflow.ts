import { type ChildProcess, spawn } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');
const python = join(root, '.reign/python/bin/python');
/** As the embedded stack starts it: in one process, which takes half the time. */
const inOneProcess = [python, join(root, 'stack/mlflow_server.py')];
/** As a team starts it. */
const command = [join(root, '.reign/python/bin/mlflow'), 'server'];

/** Ends the whole group when standard input closes: MLflow's children outlive their parent otherwise. */
const lifeline = 'trap : TERM; "$@" & cat >/dev/null; kill -TERM 0; wait';

export interface TestMlflow {
  readonly uri: string;
  stop(): Promise<void>;
}

interface MlflowOptions {
  /** The server's pages and API lie below this path. */
  readonly prefix?: string;
  /** The password of the user `admin`; without it the server asks for no login. */
  readonly password?: string;
}

/** A real MLflow server on a free port, with its data in a folder of its own. Takes about ten seconds. */
export async function startMlflow({ prefix = '', password }: MlflowOptions = {}): Promise<TestMlflow> {
  if (!existsSync(python)) throw new Error('MLflow is missing: run `npm run setup` first');
  const folder = mkdtempSync(join(tmpdir(), 'reign-test-mlflow-'));
  const port = await freePort();
  const database = ['--backend-store-uri', `sqlite:///${folder}/mlflow.db`];
  // A server with a login takes files through its proxy, as a team's does.
  const files = [password === undefined ? '--default-artifact-root' : '--artifacts-destination', `${folder}/artifacts`];
  const store = [...database, ...files, ...(prefix === '' ? [] : ['--static-prefix', prefix])];
  const login = password === undefined ? [] : ['--app-name', 'basic-auth'];
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const program = password === undefined ? inOneProcess : command;
  const server = spawn('/bin/sh', ['-c', lifeline, 'sh', ...program, ...store, ...login, ...listen], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {
      ...process.env,
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...(password !== undefined && {
        MLFLOW_AUTH_ADMIN_PASSWORD: password,
        MLFLOW_FLASK_SERVER_SECRET_KEY: 'of the tests',
      }),
    },
  });
  const stop = async () => {
    const ended = once(server, 'exit');
    server.stdin?.end();
    if (server.exitCode === null) await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const uri = `http://127.0.0.1:${port}${prefix}`;
  if (!(await isHealthy(uri, server))) {
    await stop();
    throw new Error('MLflow does not start');
  }
  if (password !== undefined) hashFaster(join(folder, 'basic_auth.db'), password);
  return { uri, stop };
}

/** MLflow hashes the password for every request, which takes it a tenth of a second: here a hash of one round. */
function hashFaster(users: string, password: string): void {
  const hash = pbkdf2Sync(password, 'salt', 1, 32, 'sha256').toString('hex');
  const database = new DatabaseSync(users);
  database.prepare('update users set password_hash = ?').run(`pbkdf2:sha256:1$salt$${hash}`);
  database.close();
}

async function isHealthy(uri: string, server: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + 110_000;
  while (Date.now() < deadline && server.exitCode === null) {
    const answered = await fetch(`${uri}/health`).catch(() => undefined);
    if (answered?.ok) return true;
    await sleep(200);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
