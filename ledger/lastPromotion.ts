import type { Kysely } from 'kysely';
import type { Bounded } from '../schemas/evidence.ts';
import type { Metric } from '../schemas/metrics.ts';
import type { Window } from '../schemas/primitives.ts';
import { type Champion, championOfEpoch } from './champions.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';

/** The promotion that began a reign, with what it was based on. */
export interface LastPromotion {
  readonly epoch: number;
  readonly cycle: string;
  /** The judgement that it follows from. */
  readonly number: number;
  readonly version: number | null;
  readonly evidence: string;
  /** Whom it beat; null where nobody reigned. */
  readonly beaten: Champion | null;
  /** The metric that decided, and its difference that it was promoted at. */
  readonly metric: Metric;
  readonly promised: Bounded;
  readonly holdout: Window;
  /** By which the promoted version was judged. */
  readonly definitionVersion: number;
}

/** The promotion that began the present reign; undefined where there is none, or a person began it by a rollback. */
export async function lastPromotion(
  db: Kysely<Database>,
  model: string,
  lineage: string,
): Promise<LastPromotion | undefined> {
  const row = await db
    .selectFrom('promotions')
    .leftJoin('judgements', (join) =>
      join
        .onRef('judgements.cycle', '=', 'promotions.cycle')
        .onRef('judgements.number', '=', 'promotions.judgement_number'),
    )
    .leftJoin('cycles', 'cycles.id', 'promotions.cycle')
    .select(['promotions.epoch', 'promotions.version', 'judgements.cycle', 'judgements.number'])
    .select(['judgements.evidence', 'judgements.primary_result', 'cycles.holdout_from', 'cycles.holdout_to'])
    .select('cycles.definition_version')
    .where('promotions.model', '=', model)
    .where('promotions.lineage', '=', lineage)
    .orderBy('promotions.epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { epoch, version, cycle, number, evidence, primary_result: primary, holdout_from, holdout_to } = row;
  if (cycle === null || number === null || evidence === null || holdout_from === null || holdout_to === null) {
    return undefined;
  }
  if (primary?.difference == null || row.definition_version === null) return undefined;
  return {
    ...{ epoch, cycle, number, version, evidence },
    beaten: (await championOfEpoch(db, model, lineage, epoch - 1)) ?? null,
    metric: primary.metric,
    promised: { estimate: primary.difference, low: primary.low, high: primary.high },
    holdout: { from: instant(holdout_from), to: instant(holdout_to) },
    definitionVersion: row.definition_version,
  };
}
