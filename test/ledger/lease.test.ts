import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import type { Database } from '../../ledger/database.ts';
import { withLease } from '../../ledger/lease.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { withLedger } from './withLedger.ts';

test('one at a time holds a lease, with more of them waiting than there are connections', async () => {
  await using ledger = await withLedger();
  const other = openLedger(ledger.url);
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(2);
    inside--;
  };
  const dbs = Array.from({ length: 16 }, (_, at) => (at % 2 === 0 ? ledger.db : other.db));
  await Promise.all(dbs.map((db) => withLease(db, 'project flight-delay', work)));
  expect(most).toBe(1);
  await other.close();
});

test('other names do not wait, and a failure lets go', async () => {
  await using ledger = await withLedger();
  await withLease(ledger.db, 'a', () => withLease(ledger.db, 'b', async () => undefined));
  const failing = withLease(ledger.db, 'a', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await withLease(ledger.db, 'a', async () => 'free', { patience: 0 })).toBe('free');
});

test('whoever waits too long is told who holds it', async () => {
  await using ledger = await withLedger();
  await withLease(ledger.db, 'a', async () => {
    await expect(withLease(ledger.db, 'a', async () => undefined, { patience: 0 })).rejects.toMatchObject({
      code: 'LedgerBusy',
      message: expect.stringContaining(`:${process.pid} held it last`),
    });
  });
});

const expire = (db: Kysely<Database>) => db.updateTable('leases').set({ expires_at: '-infinity' }).execute();

test('a lease that is not prolonged ends, and its late holder notices before it writes', async () => {
  await using ledger = await withLedger();
  const written: string[] = [];
  await withLease(ledger.db, 'a', async (late) => {
    await expire(ledger.db);
    await withLease(ledger.db, 'a', async () => written.push('other'));
    expect(await late.hold()).toBe(false);
    // Held again now: nobody else gets it, and it goes on without another gap.
    await expect(withLease(ledger.db, 'a', async () => undefined, { patience: 0 })).rejects.toThrow('not free');
    expect(await late.hold()).toBe(true);
    written.push('late');
  });
  expect(written).toEqual(['other', 'late']);
});

test('a holder that was merely slow goes on where nobody took the lease', async () => {
  await using ledger = await withLedger();
  await withLease(ledger.db, 'a', async (lease) => {
    await expire(ledger.db);
    expect(await lease.hold()).toBe(true);
  });
});
