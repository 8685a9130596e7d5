import type { Kysely } from 'kysely';
import { windowsOfCycle } from '../../ledger/cycles.ts';
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
  const rows = await Promise.all(
    fitted.map(async ({ cycle: { id, model, lineage, definitionVersion, attempt }, version }) => {
      const { train } = await windowsOfCycle(db, id);
      return {
        ...{ id, cycle: id, model, lineage, version, attempt, definition_version: definitionVersion },
        origin: lineage === 'live' ? ('cycle' as const) : ('backfill' as const),
        ...{ experiment_id: '1', run_id: id, model_id: id, model_uri: `models:/${id}` },
        ...{ train_snapshot: snapshot, environment_hash: snapshot, train_from: train.from, train_to: train.to },
      };
    }),
  );
  await db.insertInto('versions').values(rows).execute();
}
