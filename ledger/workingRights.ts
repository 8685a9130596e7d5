import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';

/** What a role that works may do with a table, besides reading it. */
interface Rights<Column extends string = string> {
  /** Add rows: every column but those that the database fills in itself (times, numbers, what follows from others). */
  readonly insert: boolean;
  /** Change these columns, and only as far as the table's triggers let it. */
  readonly update?: readonly Column[] | undefined;
  readonly delete?: boolean | undefined;
}

/**
 * The rights of the role that Reign works with, table by table. The role owns nothing: it cannot change a table, switch a
 * trigger off, empty a table, or backdate a row.
 */
export const workingRights: { readonly [Table in keyof Database]: Rights<keyof Database[Table] & string> } = {
  actors: { insert: true },
  requests: { insert: true },
  models: { insert: true, update: ['name'] },
  lineages: { insert: true },
  definitions: { insert: true },
  definition_settings: { insert: true },
  schedule_periods: { insert: true, update: ['valid_to', 'closed_by'] },
  snapshots: { insert: true },
  cycles: {
    insert: true,
    update: [
      'status',
      'attempt',
      'verdict',
      'summary',
      'champion',
      'champion_version',
      'challenger',
      'challenger_version',
      'primary_result',
      'train_rows',
      'holdout_rows',
      'judged_rows',
      'train_snapshot',
      'holdout_snapshot',
      'evidence',
      'failure',
      'started_at',
      'ended_at',
      'waits_for',
    ],
  },
  attempts: { insert: true },
  cycle_snapshots: { insert: true },
  snapshot_removals: { insert: true },
  versions: {
    insert: true,
    update: [
      'version',
      'experiment_id',
      'run_id',
      'model_id',
      'attempt',
      'model_uri',
      'train_snapshot',
      'train_rows',
      'trivial',
      'training_metrics',
      'environment_hash',
      'python',
      'files',
      'digest',
      'created_at',
      'registered_at',
    ],
  },
  judgements: { insert: true },
  rollback_proposals: { insert: true },
  decisions: { insert: true },
  promotions: { insert: true },
  resumptions: { insert: true },
  events: { insert: true },
  error_charges: { insert: true },
  follow_ups: { insert: true },
  cycle_observations: { insert: true },
  deletions: { insert: true },
  retirements: { insert: true },
  leases: { insert: true, update: ['owner', 'fence', 'expires_at'] },
  // No history: what is still to be done.
  pending_projections: { insert: true, update: ['reason', 'tries', 'tried_at'], delete: true },
  // Triggers add them.
  notifications: {
    insert: false,
    update: ['state', 'tries', 'first_tried_at', 'tried_at', 'next_try_at', 'reason'],
  },
  installation: { insert: false },
  temporal_namespaces: { insert: true },
  backfills: {
    insert: true,
    update: ['status', 'request', 'reason', 'summary', 'started_at', 'retried_at', 'ended_at'],
  },
  backfill_dates: { insert: true, update: ['prepared_at', 'turn_at', 'unbegun'] },
  reconciliations: { insert: true, update: ['alias_version', 'alias_at', 'times_to'] },
};

/** Gives a role the rights of `workingRights` and takes away any other. Only the owner of the tables may. */
export async function grantWork(transaction: Transaction<Database>, role: string): Promise<void> {
  const to = sql.id(role);
  await sql`revoke all on all tables in schema reign from ${to}`.execute(transaction);
  await sql`revoke all on schema reign from ${to}`.execute(transaction);
  await sql`grant usage on schema reign to ${to}`.execute(transaction);
  await sql`grant select on all tables in schema reign to ${to}`.execute(transaction);
  const given = await givenColumns(transaction);
  for (const [table, rights] of Object.entries<Rights>(workingRights)) {
    const at = sql.id('reign', table);
    if (rights.insert) {
      const columns = sql.join((given[table] ?? []).map((column) => sql.id(column)));
      await sql`grant insert (${columns}) on ${at} to ${to}`.execute(transaction);
    }
    if (rights.update !== undefined) {
      const columns = sql.join(rights.update.map((column) => sql.id(column)));
      await sql`grant update (${columns}) on ${at} to ${to}`.execute(transaction);
    }
    if (rights.delete) await sql`grant delete on ${at} to ${to}`.execute(transaction);
  }
}

/** The columns of each table that a row brings along: no clock, no identity, nothing generated. */
async function givenColumns(db: Transaction<Database>): Promise<Record<string, string[]>> {
  const { rows } = await sql<{ table_name: string; columns: string[] }>`
    select table_name, array_agg(column_name::text order by ordinal_position) as columns
    from information_schema.columns
    where table_schema = 'reign' and is_generated = 'NEVER' and is_identity = 'NO'
      and column_default is distinct from 'clock_timestamp()'
    group by table_name`.execute(db);
  return Object.fromEntries(rows.map(({ table_name, columns }) => [table_name, columns]));
}
