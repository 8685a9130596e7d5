import type { Kysely, Transaction } from 'kysely';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';
import { cyclesThatWait } from './waiting.ts';

/** A cycle that another one of its lineage waits for. */
export interface CycleAhead {
  readonly id: string;
  readonly asOf: string;
}

/** Which cycles take turns with each other. */
interface Line {
  readonly model: string;
  readonly lineage: string;
}

/**
 * Takes the turn for a cycle that waits for it. One that has taken it before keeps it, whatever it does by now: a try of
 * the activity that comes late changes nothing.
 *
 * @returns the cycle that has the turn instead; undefined where this one has it
 */
export async function claimTurn(
  db: Kysely<Database>,
  cycle: Attempt & Line & { readonly asOf: string },
): Promise<CycleAhead | undefined> {
  return await db.transaction().execute(async (transaction) => {
    // One after the other: of two that look at once, one sees what the other does.
    await transaction.selectFrom('models').select('name').where('name', '=', cycle.model).forNoKeyUpdate().execute();
    if (!(await waitsForTurn(transaction, cycle))) return undefined;
    const ahead = await cycleAhead(transaction, cycle);
    if (ahead !== undefined) return ahead;
    await transaction
      .updateTable('cycles')
      .set({ status: 'running', waits_for: null, summary: null })
      .where('id', '=', cycle.id)
      .execute();
    return undefined;
  });
}

/** Says why a cycle waits for its turn, if it still does. */
export async function explainWaiting(db: Kysely<Database>, cycle: Attempt, summary: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    if (!(await waitsForTurn(transaction, cycle))) return;
    await transaction.updateTable('cycles').set({ summary }).where('id', '=', cycle.id).execute();
  });
}

/** The cycle that takes the turn when it becomes free: of those that wait for it, the one with the earliest asOf. */
export async function nextInTurn(db: Kysely<Database>, line: Line): Promise<string | undefined> {
  return (await cyclesThatWait(db, line, 'turn'))[0];
}

async function waitsForTurn(db: Transaction<Database>, cycle: Attempt): Promise<boolean> {
  const row = await lockCycle(db, cycle);
  return row.status === 'waiting' && row.waits_for === 'turn';
}

/**
 * The cycle that has the turn before this one: one that runs, or one with an earlier asOf that waits for its turn or for
 * data. One that waits for a person or for a fault has given its turn up.
 */
async function cycleAhead(
  db: Transaction<Database>,
  { id, model, lineage, asOf }: Line & { readonly id: string; readonly asOf: string },
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
  return row && { id: row.id, asOf: instant(row.as_of) };
}
