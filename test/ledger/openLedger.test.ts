import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { models } from '../../ledger/definitions.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { onServer, withDatabase } from '../postgres.ts';
import { apply } from './scene.ts';
import { withLedger } from './withLedger.ts';

test('a Postgres that does not answer is LedgerUnavailable', async () => {
  const { db, close } = openLedger('postgresql://nobody@127.0.0.1:1/nothing');
  await expect(models(db)).rejects.toMatchObject({ code: 'LedgerUnavailable' });
  await close();
});

test('a database that is not there, or not migrated, is LedgerUnavailable and says so', async () => {
  await using database = await withDatabase();
  const empty = openLedger(database.url);
  await expect(models(empty.db)).rejects.toMatchObject({
    code: 'LedgerUnavailable',
    message: expect.stringContaining('migrations'),
  });
  await empty.close();
  const missing = openLedger(`${database.url}_missing`);
  await expect(models(missing.db)).rejects.toMatchObject({ code: 'LedgerUnavailable' });
  await missing.close();
});

test('a connection that the server ends costs one call, not the process', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const database = new URL(ledger.url).pathname.slice(1);
  const kick = () =>
    onServer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()`,
    );
  const sleeping = sql`select pg_sleep(30)`.execute(db);
  const failed = expect(sleeping).rejects.toMatchObject({ code: 'LedgerUnavailable' });
  const asleep = sql<{ count: number }>`select count(*) from pg_stat_activity where wait_event = 'PgSleep'
    and datname = current_database()`;
  await expect.poll(async () => (await asleep.execute(ledger.owner)).rows[0]?.count).toBe(1);
  await kick();
  await failed;
  expect(await models(db)).toEqual([]);
  await kick();
  await expect.poll(() => models(db)).toEqual([]);
});

test('a ledger that has become read-only is waited for, and its connections are given up', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const name = new URL(ledger.url).pathname.slice(1);
  expect(await apply(db)).toMatchObject({ created: true });
  // What a standby says; sessions that began while it was one stay read-only.
  await onServer(`alter database ${name} set default_transaction_read_only = on`);
  await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  await expect.poll(() => models(db)).toHaveLength(1);
  await expect(apply(db, 'second')).rejects.toMatchObject({
    code: 'LedgerUnavailable',
    message: expect.stringContaining('read-only'),
  });
  await onServer(`alter database ${name} reset default_transaction_read_only`);
  expect(await apply(db, 'second')).toMatchObject({ version: 2, created: true });
});

test("a limit of the ledger's server is waited for until the operator raises it", async () => {
  await using ledger = await withLedger();
  const name = new URL(ledger.url).pathname.slice(1);
  await onServer(`alter database ${name} set temp_file_limit = '1MB'`);
  await onServer(`alter database ${name} set work_mem = '64kB'`);
  const limited = openLedger(ledger.url);
  const sorting = sql`select count(*) from (select md5(n::text) from generate_series(1, 100000) as n order by 1) as _`;
  await expect(sorting.execute(limited.db)).rejects.toMatchObject({
    code: 'LedgerUnavailable',
    message: expect.stringContaining('temp_file_limit'),
  });
  await limited.close();
  await onServer(`alter database ${name} reset temp_file_limit`);
  await sorting.execute(ledger.db);
});

test.for([
  ['57P01', 'LedgerUnavailable'],
  ['57P03', 'LedgerUnavailable'],
  ['08006', 'LedgerUnavailable'],
  ['53100', 'LedgerUnavailable'],
  ['40001', 'LedgerUnavailable'],
  ['RE001', 'LedgerConflict'],
  ['23505', 'LedgerConflict'],
] as const)('SQLSTATE %s is %s', async ([state, code]) => {
  await using ledger = await withLedger();
  const raise = sql.raw(`do $$ begin raise exception 'so' using errcode = '${state}'; end $$`).execute(ledger.db);
  await expect(raise).rejects.toMatchObject({ code });
});

test('connections are named and go when the ledger is closed', async () => {
  await using ledger = await withLedger();
  const other = openLedger(ledger.url);
  await sql`select 1`.execute(other.db);
  const count = async () => {
    const { rows } = await sql<{ count: number }>`select count(*) from pg_stat_activity
      where datname = current_database() and application_name = 'reign' and pid <> pg_backend_pid()`.execute(ledger.db);
    return rows[0]?.count;
  };
  expect(await count()).toBe(1);
  await other.close();
  await expect.poll(count).toBe(0);
});
