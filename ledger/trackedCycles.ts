import type { Kysely } from 'kysely';
import type { Database } from './database.ts';

/** A cycle that has a run in MLflow, and where. */
export interface TrackedCycle {
  readonly cycle: string;
  readonly model: string;
  readonly experimentId: string;
}

/** The cycles of a model that fitted something, the oldest first. */
export async function trackedCycles(db: Kysely<Database>, model: string): Promise<TrackedCycle[]> {
  const rows = await db
    .selectFrom('versions')
    .select(['cycle', 'model', 'experiment_id'])
    .where('model', '=', model)
    .orderBy('created_at')
    .execute();
  return rows.flatMap(({ cycle, model: of, experiment_id: experimentId }) =>
    cycle === null || experimentId === null ? [] : [{ cycle, model: of, experimentId }],
  );
}
