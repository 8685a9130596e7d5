import { sql } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import { migrate, migrationStatus } from './migrate.ts';
import { type Ledger, openLedger } from './openLedger.ts';

/** Who works with the ledger, and how it was brought up to date. */
export interface PreparedLedger {
  readonly workingRole: string;
  /** The role that migrated; null where nothing was to be done and no owner was named. */
  readonly owner: string | null;
}

/**
 * Brings the ledger up to date before anybody works with it. With the URL of an owner, the owner migrates and gives the
 * working role its rights. Without one, the working role migrates itself where it owns the schema; where it does not,
 * another process must have migrated.
 *
 * @throws ReignError LedgerOutdated where migrations are missing that the working role may not make
 */
export async function prepareLedger(working: Ledger, ownerUrl: string | undefined): Promise<PreparedLedger> {
  const workingRole = await roleOf(working);
  if (ownerUrl !== undefined) {
    const owning = openLedger(ownerUrl);
    try {
      const owner = await roleOf(owning);
      await migrate(owning.db, owner === workingRole ? undefined : workingRole);
      return { workingRole, owner };
    } finally {
      await owning.close();
    }
  }
  if (await mayMigrate(working)) {
    await migrate(working.db);
    return { workingRole, owner: workingRole };
  }
  const missing = (await migrationStatus(working.db)).filter(({ executedAt }) => executedAt === null);
  if (missing.length === 0) return { workingRole, owner: null };
  const names = missing.map(({ name }) => name).join(', ');
  throw errorOf('LedgerOutdated', 'lacks', { names, role: workingRole });
}

async function roleOf({ db }: Ledger): Promise<string> {
  const { rows } = await sql<{ role: string }>`select current_user::text as role`.execute(db);
  return rows[0]?.role ?? '';
}

/** Whether the role owns the schema, or may make it where there is none yet. */
async function mayMigrate({ db }: Ledger): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`
    select coalesce(
      (select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = 'reign'),
      has_database_privilege(current_database(), 'create')
    ) as may`.execute(db);
  return rows[0]?.may === true;
}
