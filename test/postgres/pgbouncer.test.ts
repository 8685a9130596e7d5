import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { withLease } from '../../ledger/lease.ts';
import { migrate, migrationStatus } from '../../ledger/migrate.ts';
import { type Ledger, openLedger } from '../../ledger/openLedger.ts';
import { examineWarehouse } from '../../operations/doctor/warehouse.ts';
import { describeQuery } from '../../source/describeQuery.ts';
import { apply, claim, model } from '../ledger/scene.ts';
import { hasPgbouncer, startPgbouncer, type TestPgbouncer } from '../pgbouncer.ts';
import { serverUrl, type TestDatabase, withDatabase } from '../postgres.ts';
import { bothHalves } from './bothHalves.ts';

describe.skipIf(!hasPgbouncer)('through PgBouncer in transaction mode (skipped where it is not installed)', () => {
  let pooler: TestPgbouncer;
  let database: TestDatabase;
  let url: string;
  let ledgers: Ledger[];

  beforeAll(async () => {
    pooler = await startPgbouncer(serverUrl());
    database = await withDatabase();
    url = `${pooler.url}${database.name}`;
    ledgers = Array.from({ length: 4 }, () => openLedger(url));
  });
  afterAll(async () => {
    await Promise.all((ledgers ?? []).map(({ close }) => close()));
    await pooler?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  /** Of every session that the pooler has left on the server. */
  const onServer = async (statement: string) => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(statement);
    await client.end();
    return rows;
  };

  test('several processes migrate the ledger at once, and no lock stays behind', async () => {
    await Promise.all(ledgers.map(({ db }) => migrate(db)));
    const [first] = ledgers;
    if (first === undefined) throw new Error('no ledger');
    expect((await migrationStatus(first.db)).every(({ executedAt }) => executedAt !== null)).toBe(true);
    // Advisory locks belong to a database; those of the others are other tests' own.
    const held = `select * from pg_locks join pg_database on pg_database.oid = pg_locks.database
      where locktype = 'advisory' and datname = current_database()`;
    expect(await onServer(held)).toEqual([]);
  });

  test('statements, transactions and leases of many clients share few connections', async () => {
    const dbs = ledgers.map(({ db }) => db);
    const [db] = dbs;
    if (db === undefined) throw new Error('no ledger');
    await apply(db);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, at) => claim({ db: dbs[at % 4] ?? db, week: at % 5 })),
    );
    expect(new Set(claims.map(({ cycle }) => cycle.id)).size).toBe(5);
    expect(await currentChampion(db, model, 'live')).toBeUndefined();
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        withLease(dbs[at % 4] ?? db, 'project it', async (lease) => {
          most = Math.max(most, ++inside);
          expect(await lease.hold()).toBe(true);
          inside--;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  test('limits hold in every transaction and are left in no session', async () => {
    const [ledger] = ledgers;
    const limit = await ledger?.db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(transaction);
      return rows[0]?.statement_timeout;
    });
    expect(limit).toBe('1min');
    await describeQuery(url, 'select 1 as id');
    const client = new Client({ connectionString: url });
    await client.connect();
    for (let time = 0; time < 8; time++)
      expect((await client.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
    await client.end();
  });

  test('a query is described again and again, and the doctor finds the connection healthy', async () => {
    const queries = Array.from({ length: 12 }, (_, at) => `select ${at} as id, 'x'::text as feature_${at}`);
    const described = await Promise.all(queries.map((query) => describeQuery(url, query)));
    expect(described.map((columns) => columns.map(({ name }) => name))).toEqual(
      queries.map((_, at) => ['id', `feature_${at}`]),
    );
    expect(await examineWarehouse('pooled', url)).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(/is a superuser/),
    });
  });

  test("the trainer's half reads through it too", async () => {
    await using halves = bothHalves(process.env);
    for (let time = 0; time < 4; time++)
      for (const answer of await halves.ask(url)) expect(answer).toMatchObject({ encoding: 'UTF8' });
  });

  test('the doctor says what a cycle would meet: a pooler that has no connection left', async () => {
    await using full = await startPgbouncer(serverUrl(), 1);
    const holding = new Client({ connectionString: `${full.url}${database.name}` });
    await holding.connect();
    await holding.query('begin');
    expect(await examineWarehouse('pooled', `${full.url}${database.name}`)).toMatchObject({ status: 'problem' });
    await holding.query('rollback');
    await holding.end();
  });
});
