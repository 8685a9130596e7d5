import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { migrate } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { asWorker, onServer, withDatabase, withTemplate, workingRole } from '../postgres.ts';

export interface TestLedger extends AsyncDisposable {
  /** As the role that Reign works with: every statement that a test makes Reign run is one that this role may run. */
  readonly db: Kysely<Database>;
  readonly url: string;
  /** As the owner of the tables, for what no release ever does. */
  readonly owner: Kysely<Database>;
  readonly ownerUrl: string;
}

let template: Promise<string> | undefined;

/** A migrated ledger in a database of its own, gone at the end of the block. */
export async function withLedger(): Promise<TestLedger> {
  template ??= withTemplate('migrated_ledger', fill);
  const database = await withDatabase({ template: await template });
  const working = openLedger(asWorker(database.url));
  const owning = openLedger(database.url);
  return {
    db: working.db,
    url: asWorker(database.url),
    owner: owning.db,
    ownerUrl: database.url,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([working.close(), owning.close()]);
      await database[Symbol.asyncDispose]();
    },
  };
}

async function fill(url: string): Promise<void> {
  await onServer(
    `do $$ begin create role ${workingRole} login; exception when duplicate_object or unique_violation then end $$`,
  );
  const { db, close } = openLedger(url);
  await migrate(db, workingRole);
  await close();
}
