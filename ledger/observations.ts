import type { Kysely } from 'kysely';
import { settledStatuses } from '../schemas/cycle.ts';
import type { Database } from './database.ts';
import { notDeleted } from './deletions.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';

/** Names what an attempt of a cycle observed; the answer is what was named first. */
export async function nameObservations(
  db: Kysely<Database>,
  { id: cycle, attempt }: Attempt,
  document: string,
): Promise<string> {
  return await db.transaction().execute(async (transaction) => {
    await lockCycle(transaction, { id: cycle, attempt });
    await transaction
      .insertInto('cycle_observations')
      .values({ cycle, attempt, document })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const named = await transaction
      .selectFrom('cycle_observations')
      .select('document')
      .where('cycle', '=', cycle)
      .where('attempt', '=', attempt)
      .executeTakeFirstOrThrow();
    return named.document;
  });
}

/** What the last settled cycles before `asOf` observed, by hash, newest first. */
export async function pastObservations(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  asOf: string,
  limit = 8,
): Promise<string[]> {
  const rows = await db
    .selectFrom('cycles')
    .innerJoin('cycle_observations', (join) =>
      join
        .onRef('cycle_observations.cycle', '=', 'cycles.id')
        .onRef('cycle_observations.attempt', '=', 'cycles.attempt'),
    )
    .select('cycle_observations.document')
    .where('cycles.model', '=', model)
    .where('cycles.lineage', '=', lineage)
    .where('cycles.as_of', '<', asOf)
    .where('cycles.status', 'in', settledStatuses)
    .where(notDeleted)
    .orderBy('cycles.as_of', 'desc')
    .orderBy('cycles.definition_version', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ document }) => document);
}
