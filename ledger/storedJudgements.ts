import type { Kysely } from 'kysely';
import type { PrimaryResult } from '../schemas/cycle.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Verdict } from '../schemas/verdict.ts';
import type { Database } from './database.ts';
import { primaryResultOf } from './storedPrimary.ts';

/** A judgement with all that it was made by, as it stands in the table. */
export interface StoredJudgement {
  readonly number: number;
  /** The attempt of the cycle that judged. */
  readonly attempt: number;
  readonly epoch: number;
  readonly challenger: number;
  readonly champion: number | null;
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
    champion: row.champion_version,
    evidence: row.evidence,
    policy: row.policy,
    verdict: row.verdict,
    primary: primaryResultOf(row.primary_result),
  }));
}

/** A promotion as it stands in the table. */
export interface StoredPromotion {
  readonly epoch: number;
  readonly version: number;
  readonly judgementNumber: number | null;
  readonly promotedBy: string;
}

/** The promotion that a cycle led to. */
export async function promotionOf(db: Kysely<Database>, cycle: string): Promise<StoredPromotion | undefined> {
  const row = await db
    .selectFrom('promotions')
    .select(['epoch', 'version', 'judgement_number', 'promoted_by'])
    .where('cycle', '=', cycle)
    .executeTakeFirst();
  return (
    row && {
      epoch: row.epoch,
      version: row.version,
      judgementNumber: row.judgement_number,
      promotedBy: row.promoted_by,
    }
  );
}
