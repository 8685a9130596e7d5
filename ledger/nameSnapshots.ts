import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';
import { type NamedSnapshot, namedSnapshots } from './snapshots.ts';

/**
 * Names what an attempt of a cycle extracted. What was named first stays: the answer is what counts from here on,
 * also where the same extract ran twice and the source had changed in between.
 */
export async function nameSnapshots(
  db: Kysely<Database>,
  { id: cycle, attempt }: Attempt,
  snapshots: readonly NamedSnapshot[],
): Promise<NamedSnapshot[]> {
  return await db.transaction().execute(async (transaction) => {
    const { train_snapshot, holdout_snapshot } = await lockCycle(transaction, { id: cycle, attempt });
    for (const { purpose, contentHash, rows, queryHash, window } of snapshots) {
      await transaction
        .insertInto('snapshots')
        .values({ content_hash: contentHash, rows })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await transaction
        .insertInto('cycle_snapshots')
        .values({
          cycle,
          attempt,
          purpose,
          content_hash: contentHash,
          query_hash: queryHash,
          window_from: window.from,
          window_to: window.to,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const named = await namedSnapshots(transaction, cycle);
    const train = named.find(({ purpose }) => purpose === 'train');
    const holdout = named.find(({ purpose }) => purpose === 'holdout');
    if (
      train?.contentHash !== (train_snapshot ?? undefined) ||
      holdout?.contentHash !== (holdout_snapshot ?? undefined)
    ) {
      await transaction
        .updateTable('cycles')
        .set({
          train_snapshot: train?.contentHash ?? null,
          train_rows: train?.rows ?? null,
          holdout_snapshot: holdout?.contentHash ?? null,
          holdout_rows: holdout?.rows ?? null,
        })
        .where('id', '=', cycle)
        .execute();
    }
    return named;
  });
}
