import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readJsonFile } from '../../settings/jsonFile.ts';
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

/** What a definition's query could try: files, programs, settings, other sessions, changes. */
const forbidden = [
  "select pg_read_file('/etc/passwd')",
  "select pg_ls_dir('/')",
  "select lo_import('/etc/passwd')",
  "copy loans to program 'true'",
  "copy loans to '/tmp/loans'",
  'select pg_terminate_backend(pg_backend_pid())',
  'select pg_cancel_backend(pg_backend_pid())',
  "select pg_logical_emit_message(false, 'x', 'x')",
  'select pg_reload_conf()',
  'select * from pg_authid',
  "set temp_file_limit = '-1'",
  'insert into loans values (2)',
  'set default_transaction_read_only = off; insert into loans values (2)',
  'set default_transaction_read_only = off; delete from loans',
  'set default_transaction_read_only = off; create table mine (n int)',
  'set default_transaction_read_only = off; create temporary table mine (n int)',
  'set role warehouse_owner',
];

describe('the embedded Postgres', () => {
  it('keeps what was committed over kill -9 and over a restart, on the same port', async () => {
    const home = temporaryFolder();
    const { stack, lines } = await start(home);
    const { ledgerUrl, connections, owners } = stack.addresses;
    const owner = owners.ledgerUrl ?? '';
    await query(owner, 'create schema reign; create table reign.kept (n int); insert into reign.kept values (7)');

    // The warehouse: its owner loads tables, whenever, and the role of the definitions' queries reads them, nothing else.
    const [loading, reading] = [owners.connections.warehouse ?? '', connections.warehouse ?? ''];
    await query(loading, 'create table loans (n int); insert into loans values (1)');
    await query(loading, 'create schema more; create table more.loans (n int); insert into more.loans values (2)');
    expect(await query(reading, 'select n from loans union all select n from more.loans')).toEqual([
      { n: 1 },
      { n: 2 },
    ]);
    for (const statement of forbidden)
      await expect(query(reading, statement), statement).rejects.toThrow(/denied|read-only|must be/);
    await expect(query(loading, "select pg_read_file('/etc/passwd')")).rejects.toThrow('permission denied');
    // Nobody comes from one database into the other.
    for (const [url, database] of [
      [reading, 'ledger'],
      [loading, 'ledger'],
      [ledgerUrl, 'warehouse'],
      [reading, 'postgres'],
    ] as const) {
      await expect(query(Object.assign(new URL(url), { pathname: database }).href, 'select 1')).rejects.toThrow(
        'permission denied for database',
      );
    }

    const place = readJsonFile(join(home, 'postgres.json'), placeSchema);
    // Whoever connects by hand finds the passwords where libpq looks for them, and nobody else does.
    const { port } = new URL(ledgerUrl);
    const logins = readFileSync(join(home, 'pgpass'), 'utf8').split('\n');
    expect(logins).toContain(`127.0.0.1:${port}:warehouse:warehouse_owner:${new URL(loading).password}`);
    expect(logins).toContain(`127.0.0.1:${port}:*:reign:${place?.password}`);
    expect(statSync(join(home, 'pgpass')).mode & 0o777).toBe(0o600);
    const data = join(place?.elsewhere?.folder ?? join(home, 'postgres'), 'data');
    const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(postmaster, 'SIGKILL');
    await until('it is back', () => lines.includes('postgres is back.'));
    expect(lines[0]).toMatch(
      /^postgres ended unasked \(killed by SIGKILL\)\. Log: .*postgres\.log: .* Starting it again\.$/,
    );
    expect(await query(owner, 'select n from reign.kept')).toEqual([{ n: 7 }]);

    // As a release with one role left it: everything belongs to the administrator.
    const administrator = (database: string) => `postgresql://reign:${place?.password}@127.0.0.1:${port}/${database}`;
    await query(administrator('warehouse'), 'create table old (n int); insert into old values (3)');
    await query(administrator('ledger'), 'alter schema reign owner to reign; alter table reign.kept owner to reign');
    await stack.stop();
    expect(processesOf(home)).toEqual([]);
    const { stack: again } = await start(home);
    expect(again.addresses).toEqual(stack.addresses);
    await query(owner, 'alter table reign.kept add m int');
    expect(await query(owner, 'select n from reign.kept')).toEqual([{ n: 7 }]);
    await query(loading, 'insert into old values (4)');
    expect(await query(reading, 'select n from old')).toEqual([{ n: 3 }, { n: 4 }]);
  });

  it('writes no values of rows into its log', async () => {
    const home = temporaryFolder();
    const { stack } = await start(home);
    const url = stack.addresses.owners.ledgerUrl ?? '';
    await query(
      url,
      "create schema s; set search_path = s; create table t (k text primary key, n int check (n > 0)); insert into t values ('hidden', 1)",
    );
    await expect(query(url, "insert into s.t values ('hidden', 2)")).rejects.toThrow('duplicate key');
    await expect(query(url, "insert into s.t values ('hidden', -4711)")).rejects.toThrow('check');
    const log = readFileSync(join(home, 'logs', 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toMatch(/hidden|4711/);
  });

  it('does not begin anew when its data is gone', async () => {
    const home = temporaryFolder();
    const { stack } = await start(home);
    await stack.stop();
    rmSync(join(home, 'postgres'), { recursive: true });
    await expect(start(home)).rejects.toThrow(/including the ledger, are gone: .* Restore that folder\. Or start with/);
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
    const ledger = new URL(stack.addresses.ledgerUrl);
    expect(await query(`postgresql://reign:${place?.password}@${ledger.host}/ledger`, 'show data_directory')).toEqual([
      { data_directory: join(folder, 'data') },
    ]);
    await stack.stop();

    const { stack: again } = await start(home);
    await again.stop();
    rmSync(folder, { recursive: true });
    await expect(start(home)).rejects.toThrow('are gone');
  });
});
