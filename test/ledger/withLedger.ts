import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { migrate } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { withDatabase } from '../postgres.ts';

export interface TestLedger extends AsyncDisposable {
  readonly db: Kysely<Database>;
  readonly url: string;
}

/** Migrated once per test file, then cloned. Goes with the run's Postgres. */
let template: Promise<string> | undefined;

/** A migrated ledger in a database of its own, gone at the end of the block. */
export async function withLedger(): Promise<TestLedger> {
  template ??= migrated();
  const database = await withDatabase({ template: await template });
  const { db, close } = openLedger(database.url);
  return {
    db,
    url: database.url,
    [Symbol.asyncDispose]: async () => {
      await close();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function migrated(): Promise<string> {
  const { url, name } = await withDatabase();
  const { db, close } = openLedger(url);
  await migrate(db);
  await close();
  return name;
}
