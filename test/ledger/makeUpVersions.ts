import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import type { Cycle } from '../../schemas/cycle.ts';

/** Stores versions of cycles as if they had been fitted and registered, for tests of what comes after. */
export async function makeUpVersions(
  db: Kysely<Database>,
  fitted: readonly { readonly cycle: Cycle; readonly version: number }[],
): Promise<void> {
  const snapshot = 'b'.repeat(64);
  await db
    .insertInto('snapshots')
    .values({ content_hash: snapshot, rows: 10 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const numbers = new Map(fitted.map(({ cycle, version }) => [cycle.id, version]));
  const cycles = await db
    .selectFrom('cycles')
    .select(['id', 'model', 'lineage', 'definition_version', 'attempt', 'train_from', 'train_to'])
    .where('id', 'in', [...numbers.keys()])
    .execute();
  await db
    .insertInto('versions')
    .values(
      cycles.map((cycle) => ({
        ...{ ...cycle, cycle: cycle.id, version: numbers.get(cycle.id) ?? null },
        origin: cycle.lineage === 'live' ? ('cycle' as const) : ('backfill' as const),
        ...{ experiment_id: '1', run_id: cycle.id, model_id: cycle.id, model_uri: `models:/${cycle.id}` },
        ...{ train_snapshot: snapshot, environment_hash: snapshot },
      })),
    )
    .execute();
}
