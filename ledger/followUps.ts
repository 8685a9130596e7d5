import type { Kysely, Selectable } from 'kysely';
import type { FollowUp } from '../schemas/evidence.ts';
import type { Database, FollowUpsTable } from './database.ts';
import { instant } from './instants.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';

/** What became of a promotion, with the cycle that found it. */
export interface StoredFollowUp extends Omit<FollowUp, 'cycle'> {
  readonly foundBy: string;
  /** Of that cycle. */
  readonly attempt: number;
  readonly at: string;
}

/** Writes what a cycle found out about an earlier promotion; what it wrote first stays. */
export async function storeFollowUp(
  db: Kysely<Database>,
  { id: foundBy, attempt }: Attempt,
  { epoch, window, rows, complete, promised, found, unmeasured }: FollowUp,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { model, lineage } = await lockCycle(transaction, { id: foundBy, attempt });
    await transaction
      .insertInto('follow_ups')
      .values({
        ...{ model, lineage, epoch, found_by: foundBy, attempt, rows, complete },
        window_from: window.from,
        window_to: window.to,
        promised: JSON.stringify(promised),
        found: found && JSON.stringify(found),
        unmeasured: found === null ? (unmeasured ?? 'nothing was measured') : null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/**
 * What became of each promotion, by epoch: as the cycle that saw all of its period found it or, where none has, the one
 * that saw the most of it; of several the newest.
 */
export async function followUpsOf(db: Kysely<Database>, model: string, lineage: string): Promise<StoredFollowUp[]> {
  const rows = await db
    .selectFrom('follow_ups')
    .innerJoin('cycles', 'cycles.id', 'follow_ups.found_by')
    .distinctOn('follow_ups.epoch')
    .selectAll('follow_ups')
    .where('follow_ups.model', '=', model)
    .where('follow_ups.lineage', '=', lineage)
    .orderBy('follow_ups.epoch')
    .orderBy('complete', 'desc')
    .orderBy('rows', 'desc')
    .orderBy('cycles.as_of', 'desc')
    .orderBy('cycles.definition_version', 'desc')
    .execute();
  return rows.map(followUp);
}

/** What one cycle found out about earlier promotions. */
export async function followUpsFoundBy(db: Kysely<Database>, cycle: string): Promise<StoredFollowUp[]> {
  const rows = await db.selectFrom('follow_ups').selectAll().where('found_by', '=', cycle).orderBy('epoch').execute();
  return rows.map(followUp);
}

const followUp = (row: Selectable<FollowUpsTable>): StoredFollowUp => ({
  epoch: row.epoch,
  foundBy: row.found_by,
  attempt: row.attempt,
  window: { from: instant(row.window_from), to: instant(row.window_to) },
  rows: row.rows,
  complete: row.complete,
  promised: row.promised,
  found: row.found,
  unmeasured: row.unmeasured,
  at: row.at,
});
