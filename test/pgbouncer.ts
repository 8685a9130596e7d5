import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountForPostgres, freePort } from './postgres.ts';

const program = ['pgbouncer', '/usr/sbin/pgbouncer'].find((one) => spawnSync(one, ['--version']).status === 0);

/** Whether PgBouncer is installed: tests that need it are skipped by name where it is not. */
export const hasPgbouncer = program !== undefined;

export interface TestPgbouncer extends AsyncDisposable {
  /** Without a database's name. */
  readonly url: string;
}

/**
 * A PgBouncer in transaction mode before a Postgres, with fewer connections than it has clients. It refuses what it
 * does not track, as it does by default.
 */
export async function startPgbouncer(server: string, connections = 3): Promise<TestPgbouncer> {
  const account = accountForPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'reign-test-pgbouncer-'));
  const port = await freePort();
  const { hostname, port: serverPort } = new URL(server);
  const configuration = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${serverPort} user=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${connections}`,
    'query_wait_timeout = 30',
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  chmodSync(folder, 0o755);
  if ('uid' in account) chownSync(folder, account.uid, account.gid);
  const child = spawn(program ?? 'pgbouncer', ['-q', configuration], { stdio: 'ignore', cwd: '/', ...account });
  await accepting(port);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function accepting(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the tests' PgBouncer does not start");
}
