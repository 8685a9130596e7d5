import { expect, test } from 'vitest';
import { models } from '../../ledger/definitions.ts';
import { withModelLock } from '../../ledger/modelLock.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { onServer } from '../postgres.ts';
import { withLedger } from './withLedger.ts';

test('one at a time holds the lock of a model, more of them than there are connections', async () => {
  await using ledger = await withLedger();
  const other = openLedger(ledger.url);
  let inside = 0;
  let most = 0;
  const work = async (db: Parameters<typeof models>[0]) => {
    most = Math.max(most, ++inside);
    await models(db);
    inside--;
  };
  const dbs = Array.from({ length: 16 }, (_, at) => (at % 2 === 0 ? ledger.db : other.db));
  await Promise.all(dbs.map((db) => withModelLock(db, 'flight-delay', work)));
  expect(most).toBe(1);
  await other.close();
});

test('other models do not wait, and a failure lets go', async () => {
  await using ledger = await withLedger();
  await withModelLock(ledger.db, 'a', () => withModelLock(ledger.db, 'b', async () => undefined));
  const failing = withModelLock(ledger.db, 'a', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await withModelLock(ledger.db, 'a', async () => 'free')).toBe('free');
});

test('a holder whose connection dies lets go', async () => {
  await using ledger = await withLedger();
  const other = openLedger(ledger.url);
  const database = new URL(ledger.url).pathname.slice(1);
  const holding = withModelLock(other.db, 'a', async () => {
    await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
    return await withModelLock(ledger.db, 'a', async () => 'free');
  });
  await expect(holding).rejects.toMatchObject({ code: 'LedgerUnavailable' });
  expect(await withModelLock(ledger.db, 'a', async () => 'free')).toBe('free');
  await other.close();
});
