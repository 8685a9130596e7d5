import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { lockCycle } from './lockCycle.ts';
import { type NamedSnapshot, snapshotsOf } from './snapshots.ts';

/**
 * Names what the cycle's current attempt extracted. What was named first stays: the answer is what counts from here on,
 * also where the same extract ran twice and the source had changed in between.
 */
export async function nameSnapshots(
  db: Kysely<Database>,
  cycle: string,
  snapshots: readonly NamedSnapshot[],
): Promise<NamedSnapshot[]> {
  return await db.transaction().execute(async (transaction) => {
    const { attempt, train_snapshot, holdout_snapshot } = await lockCycle(transaction, cycle);
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
    const named = await snapshotsOf(transaction, cycle);
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
