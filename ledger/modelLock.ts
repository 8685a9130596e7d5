import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * Runs `work` while no one else holds the lock of the model, in any process. The lock belongs to one connection: it is
 * free again when `work` ends, or when the process dies. `work` reads the ledger through the connection it is given;
 * waiting for another one here could wait for ever. Not held within 30 seconds: the error LedgerUnavailable.
 */
export async function withModelLock<T>(
  db: Kysely<Database>,
  model: string,
  work: (db: Kysely<Database>) => Promise<T>,
): Promise<T> {
  const key = sql`hashtextextended(${`reign.project ${model}`}, 0)`;
  return await db.connection().execute(async (connection) => {
    await connection.transaction().execute(async (transaction) => {
      await sql`set local lock_timeout = '30s'`.execute(transaction);
      // Of the session, not of the transaction: none stays open while `work` talks to MLflow.
      await sql`select pg_advisory_lock(${key})`.execute(transaction);
    });
    try {
      return await work(connection);
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(connection);
    }
  });
}
