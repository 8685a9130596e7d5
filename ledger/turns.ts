import type { Kysely } from 'kysely';
import type { Database } from './database.ts';

/** A cycle that another one of its lineage waits for. */
export interface CycleAhead {
  readonly id: string;
  readonly asOf: string;
}

/**
 * The cycle that has the turn before this one: one that runs, or one with an earlier asOf that waits for its turn or for
 * data. One that waits for a person or for a fault has given its turn up.
 */
export async function cycleAhead(
  db: Kysely<Database>,
  {
    id,
    model,
    lineage,
    asOf,
  }: { readonly id: string; readonly model: string; readonly lineage: string; readonly asOf: string },
): Promise<CycleAhead | undefined> {
  const row = await db
    .selectFrom('cycles')
    .select(['id', 'as_of'])
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .where('id', '<>', id)
    .where((eb) =>
      eb.or([
        eb('status', '=', 'running'),
        eb.and([eb('status', '=', 'waiting'), eb('waits_for', 'in', ['turn', 'data']), eb('as_of', '<', asOf)]),
      ]),
    )
    .orderBy('as_of')
    .limit(1)
    .executeTakeFirst();
  return row && { id: row.id, asOf: row.as_of };
}
