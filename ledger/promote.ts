import type { Kysely } from 'kysely';
import { ReignError } from '../schemas/errors.ts';
import { type Champion, currentChampion } from './champions.ts';
import type { Database } from './database.ts';

export interface PromoteRequest {
  readonly cycle: string;
  readonly judgementNumber: number;
  /** The epoch that was judged: the promotion's is the next. */
  readonly epoch: number;
  readonly version: number;
  readonly reason: string;
  /** `gate`, or the person who decided. */
  readonly by: string;
}

export type PromoteResult =
  | { readonly outcome: 'promoted'; readonly epoch: number }
  /** This cycle promoted before: a retry. */
  | { readonly outcome: 'already'; readonly epoch: number }
  /** Someone else was crowned since the judgement: it no longer says anything. */
  | { readonly outcome: 'conflict'; readonly champion: Champion };

/**
 * Crowns a challenger: one INSERT of the judged epoch + 1, and never another. The database refuses it where the judgement
 * did not say `promote`, is about another version or epoch, or belongs to an attempt that was given up.
 */
export async function promote(db: Kysely<Database>, request: PromoteRequest): Promise<PromoteResult> {
  const earlier = await ownEpoch(db, request.cycle);
  if (earlier !== undefined) return { outcome: 'already', epoch: earlier };
  const inserted = await insert(db, request);
  if (inserted !== undefined) return { outcome: 'promoted', epoch: inserted };
  const own = await ownEpoch(db, request.cycle);
  if (own !== undefined) return { outcome: 'already', epoch: own };
  const cycle = await db
    .selectFrom('cycles')
    .select(['model', 'lineage'])
    .where('id', '=', request.cycle)
    .executeTakeFirst();
  const champion = cycle && (await currentChampion(db, cycle.model, cycle.lineage));
  if (champion === undefined) throw new ReignError('CycleUnknown', `There is no cycle ${request.cycle}`);
  return { outcome: 'conflict', champion };
}

async function insert(db: Kysely<Database>, request: PromoteRequest): Promise<number | undefined> {
  const row = await db
    .insertInto('promotions')
    .columns(['model', 'lineage', 'cycle', 'epoch', 'version', 'kind', 'judgement_number', 'reason', 'promoted_by'])
    .expression(({ selectFrom, val, cast }) =>
      selectFrom('cycles')
        .where('id', '=', request.cycle)
        .select([
          'model',
          'lineage',
          'id',
          cast<number>(val(request.epoch + 1), 'integer').as('epoch'),
          cast<number>(val(request.version), 'integer').as('version'),
          val('promotion').as('kind'),
          cast<number>(val(request.judgementNumber), 'integer').as('judgement_number'),
          val(request.reason).as('reason'),
          val(request.by).as('promoted_by'),
        ]),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('epoch')
    .executeTakeFirst();
  return row?.epoch;
}

async function ownEpoch(db: Kysely<Database>, cycle: string): Promise<number | undefined> {
  const row = await db.selectFrom('promotions').select('epoch').where('cycle', '=', cycle).executeTakeFirst();
  return row?.epoch;
}
