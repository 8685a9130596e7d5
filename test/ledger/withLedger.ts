import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { migrate } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { withDatabase } from '../postgres.ts';

export interface TestLedger extends AsyncDisposable {
  readonly db: Kysely<Database>;
  readonly url: string;
}

/** A migrated ledger in a database of its own, gone at the end of the block. */
export async function withLedger(): Promise<TestLedger> {
  const database = await withDatabase();
  const { db, close } = openLedger(database.url);
  await migrate(db);
  return {
    db,
    url: database.url,
    [Symbol.asyncDispose]: async () => {
      await close();
      await database[Symbol.asyncDispose]();
    },
  };
}
