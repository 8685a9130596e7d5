import type { Kysely } from 'kysely';
import type { PrimaryResult } from '../schemas/cycle.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Verdict } from '../schemas/verdict.ts';
import type { Database, DecisionKind } from './database.ts';
import { primaryResultOf } from './storedPrimary.ts';

/** A judgement with all that it was made by, as it stands in the table. */
export interface StoredJudgement {
  readonly number: number;
  /** The attempt of the cycle that judged. */
  readonly attempt: number;
  readonly epoch: number;
  readonly challenger: number | null;
  /** The id of that version. */
  readonly challengerId: string;
  readonly champion: number | null;
  readonly championId: string | null;
  readonly evidence: string;
  /** Unparsed where somebody may have changed it: hold it against its schema before using it. */
  readonly policy: Policy;
  readonly verdict: Verdict;
  readonly primary: PrimaryResult | null;
}

/** Every judgement of a cycle, also those of attempts that were given up, in order. */
export async function storedJudgements(db: Kysely<Database>, cycle: string): Promise<StoredJudgement[]> {
  const rows = await db.selectFrom('judgements').selectAll().where('cycle', '=', cycle).orderBy('number').execute();
  return rows.map((row) => ({
    number: row.number,
    attempt: row.attempt,
    epoch: row.epoch,
    challenger: row.challenger_version,
    challengerId: row.challenger,
    champion: row.champion_version,
    championId: row.champion,
    evidence: row.evidence,
    policy: row.policy,
    verdict: row.verdict,
    primary: primaryResultOf(row.primary_result),
  }));
}

/** A promotion as it stands in the table. */
export interface StoredPromotion {
  readonly epoch: number;
  readonly version: number | null;
  /** The id of that version. */
  readonly versionId: string;
  readonly judgementNumber: number | null;
  /** The name of whoever promoted. */
  readonly promotedBy: string;
  /** The decision that it follows from; null where the verdict alone led to it. */
  readonly decision: {
    readonly kind: DecisionKind;
    readonly epoch: number;
    /** What the person had in front of them. */
    readonly evidence: string | null;
    /** The name of whoever decided. */
    readonly decidedBy: string;
  } | null;
}

/** The promotion that a cycle led to. */
export async function promotionOf(db: Kysely<Database>, cycle: string): Promise<StoredPromotion | undefined> {
  const row = await db
    .selectFrom('promotions')
    .leftJoin('decisions', 'decisions.id', 'promotions.decision')
    .leftJoin('actors', 'actors.id', 'decisions.actor')
    .select(['promotions.epoch', 'version', 'promotions.champion', 'promotions.judgement_number', 'promoted_by'])
    .select(['decisions.kind as decided', 'decisions.epoch as decided_epoch', 'decisions.evidence', 'actors.name'])
    .where('promotions.cycle', '=', cycle)
    .executeTakeFirst();
  return (
    row && {
      epoch: row.epoch,
      version: row.version,
      versionId: row.champion,
      judgementNumber: row.judgement_number,
      promotedBy: row.promoted_by,
      decision:
        row.decided === null || row.decided_epoch === null || row.name === null
          ? null
          : { kind: row.decided, epoch: row.decided_epoch, evidence: row.evidence, decidedBy: row.name },
    }
  );
}
