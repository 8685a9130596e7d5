import { type Kysely, sql } from 'kysely';
import { type Champion, championOfEpoch } from './champions.ts';
import type { Database } from './database.ts';

/**
 * The last champion that won by superiority: what a challenger that need not be better is held against as well, so that
 * margins do not add up from one champion to the next. The first champion counts: it beat the trivial predictor.
 */
export async function anchorOf(db: Kysely<Database>, model: string, lineage: string): Promise<Champion | undefined> {
  const row = await db
    .selectFrom('promotions')
    .innerJoin('judgements', (join) =>
      join
        .onRef('judgements.cycle', '=', 'promotions.cycle')
        .onRef('judgements.number', '=', 'promotions.judgement_number'),
    )
    .select('promotions.epoch')
    .where('promotions.model', '=', model)
    .where('promotions.lineage', '=', lineage)
    .where('promotions.kind', '=', 'promotion')
    .where(({ eb, or }) =>
      or([
        eb('promotions.epoch', '=', 1),
        // A policy of an earlier release knows no other way to win.
        sql<boolean>`coalesce(judgements.policy->'gate'->>'win', 'superior') = 'superior'`,
      ]),
    )
    .orderBy('promotions.epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && (await championOfEpoch(db, model, lineage, row.epoch));
}
