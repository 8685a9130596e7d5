import { type Kysely, sql } from 'kysely';
import type { Window } from '../schemas/primitives.ts';
import type { Database } from './database.ts';

/** A nominal time that nothing was started for. */
export interface MissedTime {
  /** `cycleId` of the next three, in the live lineage. */
  readonly id: string;
  readonly model: string;
  readonly asOf: string;
  readonly definitionVersion: number;
  readonly windows: { readonly train: Window; readonly holdout: Window };
  readonly summary: string;
}

/**
 * Records a nominal time as skipped, where no cycle of any definition version has it; a person may run it later. A cycle that
 * begins at the same moment stays as it is.
 *
 * @returns whether it was recorded now
 */
export async function recordMissed(db: Kysely<Database>, missed: MissedTime): Promise<boolean> {
  const { id, model, asOf, definitionVersion, windows, summary } = missed;
  return await db.transaction().execute(async (transaction) => {
    const known = await transaction
      .selectFrom('cycles')
      .select('id')
      .where('model', '=', model)
      .where('lineage', '=', 'live')
      .where('as_of', '=', asOf)
      .executeTakeFirst();
    if (known !== undefined) return false;
    const inserted = await transaction
      .insertInto('cycles')
      .values({
        ...{ id, model, lineage: 'live', as_of: asOf, definition_version: definitionVersion },
        ...{ trigger: 'schedule', status: 'running' },
        ...{ train_from: windows.train.from, train_to: windows.train.to },
        ...{ holdout_from: windows.holdout.from, holdout_to: windows.holdout.to },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted === undefined) return false;
    await transaction.insertInto('attempts').values({ cycle: id, number: 1, token: 'missed', request: null }).execute();
    await transaction
      .updateTable('cycles')
      .set({ status: 'skipped', summary, ended_at: sql`clock_timestamp()` })
      .where('id', '=', id)
      .execute();
    return true;
  });
}
