import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrate, migrationStatus } from '../../ledger/migrate.ts';
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
  await migrate(ledger.db);
  expect(await migrationStatus(ledger.db)).toEqual(before);
});

test('a ledger that a newer release has migrated is refused', async () => {
  await using ledger = await withLedger();
  await sql`insert into reign.migrations values ('9999-future', '2030-01-01T00:00:00Z')`.execute(ledger.db);
  await expect(migrate(ledger.db)).rejects.toMatchObject({
    code: 'LedgerConflict',
    message: expect.stringContaining('9999-future'),
  });
});
