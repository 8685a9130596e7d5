import { createHash } from 'node:crypto';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { expect, test } from 'vitest';
import { migrate, migrationStatus } from '../../ledger/migrate.ts';
import { migrations } from '../../ledger/migrations/all.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { withDatabase } from '../postgres.ts';
import { withLedger } from './withLedger.ts';

test('several processes that migrate at once migrate once', async () => {
  await using database = await withDatabase();
  const ledgers = Array.from({ length: 4 }, () => openLedger(database.url));
  const [first] = ledgers;
  if (first === undefined) throw new Error('no ledger');
  expect((await migrationStatus(first.db)).every(({ executedAt }) => executedAt === null)).toBe(true);
  await Promise.all(ledgers.map(({ db }) => migrate(db)));
  const status = await migrationStatus(first.db);
  expect(status.map(({ name }) => name)).toEqual(status.map(({ name }) => name).toSorted());
  expect(status.every(({ executedAt }) => executedAt !== null)).toBe(true);
  await Promise.all(ledgers.map(({ close }) => close()));
});

test('migrating again changes nothing', async () => {
  await using ledger = await withLedger();
  const before = await migrationStatus(ledger.db);
  await migrate(ledger.owner);
  expect(await migrationStatus(ledger.db)).toEqual(before);
});

test('a ledger that a newer release has migrated is refused', async () => {
  await using ledger = await withLedger();
  await sql`insert into reign.migrations values ('9999-future', '2030-01-01T00:00:00Z')`.execute(ledger.owner);
  await expect(migrate(ledger.owner)).rejects.toMatchObject({
    code: 'LedgerConflict',
    message: expect.stringContaining('9999-future'),
  });
});

/** sha256 over the statements of every migration that was released. Append to it; never change a line. */
const released: Readonly<Record<string, string>> = {
  '0001-definitions': 'f50f0a36e54fecebac59335f2f2472c67cf96aac503e157b95acdac5928252f6',
  '0002-cycles': 'b873cb68ebd5c4885c30db0eddcd7087253e35ccef942ae538d5e54dca0fe9e3',
  '0003-versions': 'ec5c26e39252cdf417d9ebb57efcdce07f2b7b0badddcaf58a6c9bcc67703d14',
  '0004-promotions': 'deba84e16e94ab1aa98dd1f29a703b690d0ccc8c4df84fee6f704fbed96c9779',
  '0005-events': '2f0add317b18d6e643b41bff39a6dfb21f68109a7af0ce5f54ca82495bde2e0d',
  '0006-error-charges': '41a59f5924e711ebc00258973b822d08e8b1b0515c2d75cc8f0a737b0da4b41f',
  '0007-follow-ups': '6b4e17f6d8596e47866e8b1e2164af69b2cac1d84393f915c537a1b1352f98d6',
  '0008-observations': '2e39a2e430dc23d47684cc7f7677942b9d9ec1e8ce010f18f3bb1d7b4df9cab1',
  '0009-version-files': 'cf5adfd712f56e3be154f853dbd755887c1e3a2df1b42ac69a7ed593a719ec37',
  '0011-leases': '07fa715c41d812ee43449fe4fa8bcbf9cf183dd3ab3883b6859ca38235d71613',
  '0012-waiting': '7c72ac739eb3da753fd70380ba51141061a3a00ae69d10bb405bc4994bd403b3',
};

test('a released migration stays as it was, whatever becomes of the code around it', async () => {
  expect(Object.keys(migrations)).toEqual(expect.arrayContaining(Object.keys(released)));
  for (const [name, hash] of Object.entries(released)) {
    const statements = await statementsOf(migrations[name]);
    expect(createHash('sha256').update(statements.join('\n')).digest('hex'), name).toBe(hash);
  }
});

/** What a migration says to the database, without one. */
async function statementsOf(migration: Migration | undefined): Promise<string[]> {
  const statements: string[] = [];
  const db = new Kysely<unknown>({
    log: ({ query }) => {
      statements.push(query.sql);
    },
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (introspected) => new PostgresIntrospector(introspected),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  await migration?.up(db);
  return statements;
}
