import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openLedger } from '../../../ledger/openLedger.ts';
import { examineWarehouse } from '../../../operations/doctor/warehouse.ts';
import { withLedger } from '../../ledger/withLedger.ts';
import { asWorker, withDatabase } from '../../postgres.ts';

test('a role that may do more than read is named', async () => {
  await using database = await withDatabase();
  await using _roles = await withLedger();
  expect(await examineWarehouse('loans', database.url)).toMatchObject({
    status: 'warning',
    found: expect.stringMatching(/the role postgres is a superuser$/),
    advice: expect.stringContaining('REIGN_CONNECTION_LOANS'),
  });
  const reader = asWorker(database.url);
  expect(await examineWarehouse('loans', reader)).toMatchObject({ status: 'ok' });
  const { db, close } = openLedger(database.url);
  try {
    await sql`create table public.loans (n int)`.execute(db);
    await sql`grant select on public.loans to reign_test_worker`.execute(db);
    expect(await examineWarehouse('loans', reader)).toMatchObject({ status: 'ok' });
    await sql`grant update on public.loans to reign_test_worker`.execute(db);
    expect(await examineWarehouse('loans', reader)).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(/the role reign_test_worker may change tables such as public\.loans$/),
    });
  } finally {
    await close();
  }
});
