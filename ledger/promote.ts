import type { Kysely } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import { storeActor } from './actors.ts';
import { type Champion, currentChampion } from './champions.ts';
import type { Database } from './database.ts';
import { decisionById } from './decisions.ts';
import { gateActor } from './gateActor.ts';

export interface PromoteRequest {
  readonly cycle: string;
  readonly judgementNumber: number;
  /** The epoch that was judged: the promotion's is the next. */
  readonly epoch: number;
  /** In the registry; null: what the cycle fitted has no number. */
  readonly version: number | null;
  readonly reason: string;
  /** The approval that it follows from; left out where the verdict alone leads to it. */
  readonly decision?: number | undefined;
}

export type PromoteResult =
  | { readonly outcome: 'promoted'; readonly epoch: number }
  /** This cycle promoted before: a retry. */
  | { readonly outcome: 'already'; readonly epoch: number }
  /** Someone else was crowned since the judgement: it no longer says anything. */
  | { readonly outcome: 'conflict'; readonly champion: Champion };

/**
 * Crowns a challenger: one INSERT of the judged epoch + 1, and never another. The database refuses it where neither the
 * judgement said `promote` nor a person approved it, where it is about another version or epoch, or belongs to an attempt
 * that was given up.
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
  if (champion === undefined) throw errorOf('CycleUnknown', 'none', { cycle: request.cycle });
  return { outcome: 'conflict', champion };
}

async function insert(
  db: Kysely<Database>,
  { cycle, judgementNumber, epoch, version, reason, decision: id }: PromoteRequest,
): Promise<number | undefined> {
  const decision = id === undefined ? undefined : await decisionById(db, id);
  if (id !== undefined && decision === undefined)
    throw errorOf('LedgerConflict', 'noDecision', { cycle, decision: id });
  const actor = decision?.actor ?? (await storeActor(db, gateActor));
  const row = await db
    .insertInto('promotions')
    .columns([
      ...(['model', 'lineage', 'cycle', 'champion', 'epoch', 'version', 'kind', 'judgement_number'] as const),
      ...(['reason', 'actor', 'decision', 'request'] as const),
    ])
    .expression(({ selectFrom, val, cast }) =>
      selectFrom('cycles')
        // Of a version that the ledger does not know the champion is null, which the table refuses.
        .leftJoin('versions', (join) =>
          join
            .onRef('versions.model', '=', 'cycles.model')
            .on((on) =>
              version === null
                ? on('versions.id', '=', on.ref('cycles.challenger'))
                : on('versions.version', '=', cast<number>(val(version), 'integer')),
            ),
        )
        .where('cycles.id', '=', cycle)
        .select([
          'cycles.model',
          'cycles.lineage',
          'cycles.id',
          'versions.id as champion',
          cast<number>(val(epoch + 1), 'integer').as('epoch'),
          cast<number>(val(version), 'integer').as('version'),
          val('promotion').as('kind'),
          cast<number>(val(judgementNumber), 'integer').as('judgement_number'),
          val(reason).as('reason'),
          val(actor).as('actor'),
          cast<number>(val(decision?.id ?? null), 'bigint').as('decision'),
          cast<number>(val(decision?.request ?? null), 'bigint').as('request'),
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
