import type { Kysely, Selectable, Transaction } from 'kysely';
import type { FollowUp } from '../schemas/evidence.ts';
import type { Database, FollowUpsTable } from './database.ts';
import { instant } from './instants.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';

/** What became of a promotion, with the cycle that found it. */
export interface StoredFollowUp extends Omit<FollowUp, 'cycle' | 'look'> {
  readonly foundBy: string;
  /** Of that cycle. */
  readonly attempt: number;
  readonly at: string;
  /** Which look of the probation it is; null where it is none, or another cycle was faster. */
  readonly look: { readonly number: number; readonly of: number } | null;
  /** What the look showed. */
  readonly verdict: 'worse' | 'holds' | null;
}

/** What a look showed, and the evidence that it stands in. */
export interface JudgedLook {
  readonly verdict: StoredFollowUp['verdict'];
  readonly evidence: string;
}

/**
 * Writes what a cycle found out about an earlier promotion; what it wrote first stays. Of two cycles that looked at the
 * same rows, or made the same look, the first one's counts: the other's is kept, and is no look.
 */
export async function storeFollowUp(
  db: Kysely<Database>,
  { id: foundBy, attempt }: Attempt,
  { epoch, window, rows, complete, promised, found, unmeasured, look }: FollowUp,
  judged?: JudgedLook,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { model, lineage } = await lockCycle(transaction, { id: foundBy, attempt });
    await transaction.selectFrom('models').select('name').where('name', '=', model).forNoKeyUpdate().execute();
    const counts =
      look !== undefined && (await isNext(transaction, { model, lineage, epoch }, look.number, window.from));
    await transaction
      .insertInto('follow_ups')
      .values({
        ...{ model, lineage, epoch, found_by: foundBy, attempt, rows, complete },
        window_from: window.from,
        window_to: window.to,
        promised: JSON.stringify(promised),
        found: found && JSON.stringify(found),
        unmeasured: found === null ? (unmeasured ?? 'nothing was measured') : null,
        ...(counts && { look: look.number, looks: look.of, verdict: judged?.verdict ?? null }),
        evidence: judged?.evidence ?? null,
      })
      .onConflict((conflict) => conflict.columns(['model', 'lineage', 'epoch', 'found_by']).doNothing())
      .execute();
  });
}

/** Whether a look is the next one, at rows that no look has seen. */
async function isNext(
  db: Transaction<Database>,
  { model, lineage, epoch }: { readonly model: string; readonly lineage: string; readonly epoch: number },
  number: number,
  from: string,
): Promise<boolean> {
  const looks = (await followUpsOfEpoch(db, model, lineage, epoch)).filter(({ look }) => look !== null);
  return looks.length === number - 1 && looks.every(({ window }) => window.to <= from);
}

/**
 * What became of each promotion in its next period, by epoch: as the cycle that saw all of it found it or, where none has,
 * the one that saw the most of it; of several the newest. Later looks of a probation are about later rows.
 */
export async function followUpsOf(db: Kysely<Database>, model: string, lineage: string): Promise<StoredFollowUp[]> {
  const rows = await db
    .selectFrom('follow_ups')
    .innerJoin('cycles', 'cycles.id', 'follow_ups.found_by')
    .distinctOn('follow_ups.epoch')
    .selectAll('follow_ups')
    .where('follow_ups.model', '=', model)
    .where('follow_ups.lineage', '=', lineage)
    .where((eb) => eb.or([eb('look', 'is', null), eb('look', '=', 1)]))
    .orderBy('follow_ups.epoch')
    .orderBy('complete', 'desc')
    .orderBy('look')
    .orderBy('rows', 'desc')
    .orderBy('cycles.as_of', 'desc')
    .orderBy('cycles.definition_version', 'desc')
    .execute();
  return rows.map(followUp);
}

/** The looks of every probation, by epoch and in order. */
export async function looksOf(db: Kysely<Database>, model: string, lineage: string): Promise<StoredFollowUp[]> {
  const rows = await selectFollowUps(db, model, lineage)
    .where('look', 'is not', null)
    .orderBy('epoch')
    .orderBy('look')
    .execute();
  return rows.map(followUp);
}

/** All that cycles found out about one promotion, the looks of its probation in order. */
export async function followUpsOfEpoch(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  epoch: number,
): Promise<StoredFollowUp[]> {
  const rows = await selectFollowUps(db, model, lineage)
    .where('epoch', '=', epoch)
    .orderBy('look')
    .orderBy('window_to')
    .execute();
  return rows.map(followUp);
}

const selectFollowUps = (db: Kysely<Database>, model: string, lineage: string) =>
  db.selectFrom('follow_ups').selectAll().where('model', '=', model).where('lineage', '=', lineage);

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
  look: row.look == null || row.looks == null ? null : { number: row.look, of: row.looks },
  verdict: row.verdict ?? null,
});
