import { PostgresAdapter, PostgresDialect } from 'kysely';

/** Kysely's Postgres, without locks that belong to a session: behind a pooler the next statement may have another one. */
export class LedgerDialect extends PostgresDialect {
  override createAdapter(): LedgerAdapter {
    return new LedgerAdapter();
  }
}

class LedgerAdapter extends PostgresAdapter {
  /** migrate.ts holds a lock of its own, of its transaction. */
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}
