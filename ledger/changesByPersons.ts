import type { Kysely } from 'kysely';
import type { VerdictKind } from '../schemas/verdict.ts';
import type { Database, PromotionKind } from './database.ts';

/** A decision against a verdict as it stands in the table, with the promotion that follows from it. */
export interface StoredOverride {
  readonly judgementNumber: number | null;
  readonly evidence: string | null;
  readonly verdict: VerdictKind | null;
  /** The id of the version. */
  readonly candidate: string;
  /** The epoch that reigned when it was decided. */
  readonly epoch: number;
  /** The actor's id. */
  readonly actor: string;
  readonly promotion: {
    readonly kind: PromotionKind;
    readonly epoch: number;
    readonly versionId: string;
    readonly actor: string;
  } | null;
}

/** What persons decided against the verdicts of a cycle, in order. */
export async function overridesOf(db: Kysely<Database>, cycle: string): Promise<StoredOverride[]> {
  const rows = await db
    .selectFrom('decisions')
    .leftJoin('promotions', 'promotions.decision', 'decisions.id')
    .select(['decisions.judgement_number', 'decisions.evidence', 'verdict_kind', 'candidate', 'decisions.actor'])
    .select(['decisions.epoch', 'promotions.kind', 'promotions.epoch as promoted_epoch', 'promotions.champion'])
    .select('promotions.actor as promoter')
    .where('decisions.cycle', '=', cycle)
    .where('decisions.kind', '=', 'override')
    .orderBy('decisions.id')
    .execute();
  return rows.map((row) => ({
    ...{ judgementNumber: row.judgement_number, evidence: row.evidence, verdict: row.verdict_kind },
    ...{ candidate: row.candidate, epoch: row.epoch, actor: row.actor },
    promotion:
      row.kind === null || row.promoted_epoch === null || row.champion === null || row.promoter === null
        ? null
        : { kind: row.kind, epoch: row.promoted_epoch, versionId: row.champion, actor: row.promoter },
  }));
}

/** A rollback as it stands in the table, with the rows that it refers to. */
export interface StoredRollback {
  readonly epoch: number;
  readonly model: string;
  /** The id of the version. */
  readonly versionId: string;
  readonly actor: string;
  readonly reason: string;
  readonly restoresEpoch: number | null;
  /** Who reigned at the epoch that it restores; null where nobody did. */
  readonly restored: string | null;
  /** What was asked for; null where it follows from a proposal, or an earlier release recorded no request. */
  readonly request: {
    readonly operation: string | null;
    readonly model: string | null;
    readonly actor: string | null;
    readonly reason: string | null;
  } | null;
  /** Whether it follows from a proposal, by a decision or by the gate. */
  readonly proposed: boolean;
}

/** The rollbacks that brought a version back, in order. */
export async function rollbacksTo(db: Kysely<Database>, version: string): Promise<StoredRollback[]> {
  const rows = await db
    .selectFrom('promotions')
    .leftJoin('promotions as restored', (join) =>
      join
        .onRef('restored.model', '=', 'promotions.model')
        .onRef('restored.lineage', '=', 'promotions.lineage')
        .onRef('restored.epoch', '=', 'promotions.restores_epoch'),
    )
    .leftJoin('requests', 'requests.id', 'promotions.request')
    .select(['promotions.epoch', 'promotions.model', 'promotions.champion', 'promotions.actor', 'promotions.reason'])
    .select(['promotions.restores_epoch', 'restored.champion as restored', 'promotions.request', 'requests.operation'])
    .select(['requests.model as asked_model', 'requests.actor as asker', 'requests.reason as asked_reason'])
    .select(['promotions.decision', 'promotions.proposal'])
    .where('promotions.champion', '=', version)
    .where('promotions.kind', '=', 'rollback')
    .orderBy('promotions.lineage')
    .orderBy('promotions.epoch')
    .execute();
  return rows.map((row) => ({
    ...{ epoch: row.epoch, model: row.model, versionId: row.champion, actor: row.actor, reason: row.reason },
    ...{ restoresEpoch: row.restores_epoch, restored: row.restored },
    request:
      row.request === null
        ? null
        : { operation: row.operation, model: row.asked_model, actor: row.asker, reason: row.asked_reason },
    proposed: row.decision !== null || row.proposal !== null,
  }));
}
