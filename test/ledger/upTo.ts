import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Database } from '../../ledger/database.ts';
import { migrations } from '../../ledger/migrations/all.ts';

/** Migrates as a release did whose last migration is the named one. */
export async function upTo(db: Kysely<Database>, last: string): Promise<void> {
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: 'reign',
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });
  const { error } = await migrator.migrateTo(last);
  if (error !== undefined) throw error;
}
