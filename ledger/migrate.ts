import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { errorOf, ReignError } from '../schemas/errors.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations/all.ts';
import { grantWork } from './workingRights.ts';

export interface MigrationState {
  readonly name: string;
  /** ISO 8601; null where it has not run yet. */
  readonly executedAt: string | null;
}

/** Two workers that start at once: one migrates, the other waits here and then finds nothing to do. */
const lock = sql`hashtextextended('reign.migrate', 0)`;

/**
 * Brings the schema `reign` up to date, in one transaction. Safe to call at every start.
 *
 * @param workingRole gets the rights that working takes, and no other; left out where the owner works as well
 */
export async function migrate(db: Kysely<Database>, workingRole?: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${lock})`.execute(transaction);
    const { error } = await migrator(transaction).migrateToLatest();
    if (error !== undefined) throw migrationError(error);
    if (workingRole !== undefined) await grantWork(transaction, workingRole);
  });
}

/** Every migration that this release knows, in order, with the time at which it ran. Changes nothing. */
export async function migrationStatus(db: Kysely<Database>): Promise<MigrationState[]> {
  const states = await migrator(db).getMigrations();
  return states.map(({ name, executedAt }) => ({ name, executedAt: executedAt?.toISOString() ?? null }));
}

function migrator(db: Kysely<Database>): Migrator {
  return new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: 'reign',
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });
}

function migrationError(error: unknown): unknown {
  if (error instanceof ReignError || !(error instanceof Error)) return error;
  return errorOf('LedgerConflict', 'notMigrated', { reason: error.message }, { cause: error });
}
