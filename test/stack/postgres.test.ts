import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readJsonFile } from '../../stack/jsonFile.ts';
import { placeSchema } from '../../stack/postgresPlace.ts';
import { startStack } from '../../stack/stack.ts';
import { environmentOf, idleWorker, processesOf, temporaryFolder, until } from './testHome.ts';

const isRoot = process.getuid?.() === 0;

async function start(home: string) {
  const lines: string[] = [];
  const stack = await startStack({
    env: environmentOf(home, ['postgres']),
    workers: [idleWorker()],
    report: (line) => lines.push(line),
  });
  onTestFinished(() => stack.stop({ now: true }));
  return { stack, lines };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

describe('the embedded Postgres', () => {
  it('keeps what was committed over kill -9 and over a restart, on the same port', async () => {
    const home = temporaryFolder();
    const { stack, lines } = await start(home);
    const { ledgerUrl, connections } = stack.addresses;
    await query(ledgerUrl, 'create table kept (n int); insert into kept values (7)');
    await query(connections.warehouse ?? '', 'select 1');

    const place = readJsonFile(join(home, 'postgres.json'), placeSchema);
    // Whoever connects by hand finds the password where libpq looks for it, and nobody else does.
    const { port } = new URL(ledgerUrl);
    expect(readFileSync(join(home, 'pgpass'), 'utf8')).toBe(`127.0.0.1:${port}:*:reign:${place?.password}\n`);
    expect(statSync(join(home, 'pgpass')).mode & 0o777).toBe(0o600);
    const data = join(place?.elsewhere?.folder ?? join(home, 'postgres'), 'data');
    const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(postmaster, 'SIGKILL');
    await until('it is back', () => lines.includes('postgres is back.'));
    expect(lines[0]).toMatch(
      /^postgres ended unasked \(killed by SIGKILL\)\. Log: .*postgres\.log: .* Starting it again\.$/,
    );
    expect(await query(ledgerUrl, 'select n from kept')).toEqual([{ n: 7 }]);

    await stack.stop();
    expect(processesOf(home)).toEqual([]);
    const { stack: again } = await start(home);
    expect(again.addresses).toEqual(stack.addresses);
    expect(await query(ledgerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('writes no values of rows into its log', async () => {
    const home = temporaryFolder();
    const { stack } = await start(home);
    const url = stack.addresses.ledgerUrl;
    await query(url, "create table t (k text primary key, n int check (n > 0)); insert into t values ('hidden', 1)");
    await expect(query(url, "insert into t values ('hidden', 2)")).rejects.toThrow('duplicate key');
    await expect(query(url, "insert into t values ('hidden', -4711)")).rejects.toThrow('check');
    const log = readFileSync(join(home, 'logs', 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toMatch(/hidden|4711/);
  });

  it('does not begin anew when its data is gone', async () => {
    const home = temporaryFolder();
    const { stack } = await start(home);
    await stack.stop();
    rmSync(join(home, 'postgres'), { recursive: true });
    await expect(start(home)).rejects.toThrow(/the ledger among them, are gone: .* Restore that folder, or begin with/);
    expect(processesOf(home)).toEqual([]);
  });

  it.skipIf(!isRoot)('runs as another user, elsewhere, when only root may enter the home', async () => {
    const home = temporaryFolder(0o700);
    const { stack, lines } = await start(home);
    const place = readJsonFile(join(home, 'postgres.json'), placeSchema);
    const folder = place?.elsewhere?.folder ?? '';
    expect(folder).toMatch(/^\/var\/tmp\/reign-/);
    expect(lines).toEqual([
      expect.stringMatching(
        /^No other user may enter .*, and Postgres does not run as root: its data lies in \/var\/tmp\/reign-/,
      ),
    ]);
    expect(statSync(join(folder, 'data')).uid).not.toBe(0);
    expect(await query(stack.addresses.ledgerUrl, 'show data_directory')).toEqual([
      { data_directory: join(folder, 'data') },
    ]);
    await stack.stop();

    const { stack: again } = await start(home);
    await again.stop();
    rmSync(folder, { recursive: true });
    await expect(start(home)).rejects.toThrow('are gone');
  });
});
