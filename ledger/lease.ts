import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { errorOf, type ReignError } from '../schemas/errors.ts';
import type { Database } from './database.ts';

/** What `work` can ask while it holds a lease. */
export interface Lease {
  /**
   * Prolongs the lease to its full length; call it before every change of something outside the ledger. A lease that
   * somebody else has taken meanwhile is waited for and taken again. False after such a gap: what was read before it is
   * out of date, so read again before changing anything.
   */
  hold(): Promise<boolean>;
}

export interface LeaseOptions {
  /**
   * Seconds until a lease that is not prolonged is free for others; longer than the longest request that its holder
   * sends. Default: 60.
   */
  readonly seconds?: number;
  /** Seconds to wait for a lease that somebody else holds. Default: 30. */
  readonly patience?: number;
}

/**
 * Runs `work` while no one else holds the lease of that name, in any process. A lease is a row, not a lock of a
 * connection: none stays open while `work` talks to another server, and a pooler may give each statement another one.
 * It ends with `work`; the lease of a process that died ends by the ledger's clock.
 *
 * Each taking has a higher number (the fence), so a holder that was stopped for too long notices that it is late. It
 * may have written once more by then: `work` has to read again after each write, until nothing is left to write.
 *
 * @throws ReignError LedgerBusy where the lease is not free in time
 */
export async function withLease<T>(
  db: Kysely<Database>,
  name: string,
  work: (lease: Lease) => Promise<T>,
  { seconds = 60, patience = 30 }: LeaseOptions = {},
): Promise<T> {
  let fence = await take(db, name, seconds, patience);
  const hold = async () => {
    if (await prolong(db, name, fence, seconds)) return true;
    fence = await take(db, name, seconds, patience);
    return false;
  };
  try {
    return await work({ hold });
  } finally {
    // Where the ledger does not answer, the lease ends by itself; what `work` threw counts.
    await prolong(db, name, fence, 0).catch(() => {});
  }
}

const owner = `${hostname()}:${process.pid}`;

async function take(db: Kysely<Database>, name: string, seconds: number, patience: number): Promise<number> {
  const deadline = performance.now() + patience * 1000;
  for (let pause = 25; ; pause = Math.min(2 * pause, 500)) {
    const fence = await takeNow(db, name, seconds);
    if (fence !== undefined) return fence;
    if (performance.now() > deadline) throw await notFree(db, name, patience);
    // Not all who wait ask at the same moment.
    await sleep(pause * (0.5 + Math.random()));
  }
}

async function takeNow(db: Kysely<Database>, name: string, seconds: number): Promise<number | undefined> {
  const row = await db
    .insertInto('leases')
    .values({ name, owner, fence: 1, expires_at: inSeconds(seconds) })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({
          owner: (eb) => eb.ref('excluded.owner'),
          fence: (eb) => eb('leases.fence', '+', 1),
          expires_at: (eb) => eb.ref('excluded.expires_at'),
        })
        .where('leases.expires_at', '<=', sql<string>`clock_timestamp()`),
    )
    .returning('fence')
    .executeTakeFirst();
  return row?.fence;
}

/** Nobody else has taken the lease as long as the fence is the same, even where it has expired. */
async function prolong(db: Kysely<Database>, name: string, fence: number, seconds: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set({ expires_at: inSeconds(seconds) })
    .where('name', '=', name)
    .where('fence', '=', fence)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** By the ledger's clock: those of the processes may differ. */
const inSeconds = (seconds: number) => sql<string>`clock_timestamp() + make_interval(secs => ${seconds})`;

async function notFree(db: Kysely<Database>, name: string, patience: number): Promise<ReignError> {
  const row = await db.selectFrom('leases').select('owner').where('name', '=', name).executeTakeFirst();
  return errorOf('LedgerBusy', 'leaseTaken', {
    lease: name,
    seconds: patience,
    owner: row?.owner ?? 'nobody',
  });
}
