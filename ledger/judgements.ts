import type { Kysely, Selectable } from 'kysely';
import type { Judgement, PrimaryResult } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Rehearsal } from '../schemas/evidence.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Verdict } from '../schemas/verdict.ts';
import type { Database } from './database.ts';
import { lockCycle } from './lockCycle.ts';
import { championId, versionId } from './versionId.ts';

export interface NewJudgement {
  readonly cycle: string;
  /** The attempt that judged: refused once another has begun. */
  readonly attempt: number;
  /** 1, 2, ... within the cycle; an attempt begins after those of earlier attempts (`claimCycle` says how many). */
  readonly number: number;
  /** The epoch that reigned when it was judged; 0 where there was no champion. */
  readonly epoch: number;
  /** In the registry; null: what the cycle fitted has no number. */
  readonly challenger: number | null;
  readonly champion: number | null;
  readonly championCycle: string | null;
  readonly evidence: string;
  readonly rehearsal: Rehearsal | null;
  /** What the evidence was held against. */
  readonly policy: Policy;
  readonly verdict: Verdict;
  /** The deciding metric in brief, for those who list. */
  readonly primary: PrimaryResult | null;
}

/**
 * Stores a judgement; the first by (cycle, number) stays and is the answer. Refused where that one is about other
 * evidence, where the champion it names did not reign at its epoch, or the challenger is not the cycle's version; and
 * from an attempt that was replaced.
 */
export async function storeJudgement(db: Kysely<Database>, judgement: NewJudgement): Promise<Judgement> {
  const { cycle, attempt, number, verdict, policy, rehearsal, primary } = judgement;
  await db.transaction().execute(async (transaction) => {
    const { model, lineage } = await lockCycle(transaction, { id: cycle, attempt });
    const challenger = await versionId(transaction, model, { version: judgement.challenger, cycle });
    const reigning = { version: judgement.champion, cycle: judgement.championCycle };
    const champion = await championId(transaction, model, reigning);
    await transaction
      .insertInto('judgements')
      .values({
        cycle,
        attempt,
        model,
        lineage,
        number,
        epoch: judgement.epoch,
        ...{ challenger, champion },
        challenger_version: judgement.challenger,
        champion_version: judgement.champion,
        champion_cycle: champion === null ? null : await fittingCycle(transaction, champion),
        evidence: judgement.evidence,
        rehearsal: rehearsal && JSON.stringify(rehearsal),
        policy: JSON.stringify(policy),
        verdict: JSON.stringify(verdict),
        primary_result: primary && JSON.stringify(primary),
      })
      .onConflict((conflict) => conflict.columns(['cycle', 'number']).doNothing())
      .execute();
  });
  const row = await db
    .selectFrom('judgements')
    .selectAll()
    .where('cycle', '=', cycle)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  const stored = judgementOf(row);
  const { epoch, challenger, evidence } = stored;
  if (epoch !== judgement.epoch || challenger !== judgement.challenger || evidence !== judgement.evidence) {
    throw errorOf('LedgerConflict', 'otherEvidence', { number, cycle });
  }
  return stored;
}

/** The cycle that fitted a version; null where it was fitted outside of Reign. */
async function fittingCycle(db: Kysely<Database>, version: string): Promise<string | null> {
  const row = await db.selectFrom('versions').select('cycle').where('id', '=', version).executeTakeFirst();
  return row?.cycle ?? null;
}

/** The judgements of a cycle's current attempt, in order. Those of earlier attempts stay in the table. */
export async function judgementsOf(db: Kysely<Database>, cycle: string): Promise<Judgement[]> {
  const rows = await db
    .selectFrom('judgements')
    .innerJoin('cycles', (join) =>
      join.onRef('cycles.id', '=', 'judgements.cycle').onRef('cycles.attempt', '=', 'judgements.attempt'),
    )
    .selectAll('judgements')
    .where('judgements.cycle', '=', cycle)
    .orderBy('number')
    .execute();
  return rows.map(judgementOf);
}

/** By cycle of a model, the check that decided its last judgement. */
export async function decidingChecks(db: Kysely<Database>, model: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('judgements')
    .innerJoin('cycles', (join) =>
      join.onRef('cycles.id', '=', 'judgements.cycle').onRef('cycles.attempt', '=', 'judgements.attempt'),
    )
    .distinctOn('judgements.cycle')
    .select(['judgements.cycle', 'judgements.verdict'])
    .where('judgements.model', '=', model)
    .orderBy('judgements.cycle')
    .orderBy('judgements.number', 'desc')
    .execute();
  return new Map(rows.map(({ cycle, verdict }) => [cycle, verdict.deciding]));
}

/** Whether any attempt of the cycle came to a judgement: what that refers to stays. */
export async function isJudged(db: Kysely<Database>, cycle: string): Promise<boolean> {
  const row = await db.selectFrom('judgements').select('number').where('cycle', '=', cycle).limit(1).executeTakeFirst();
  return row !== undefined;
}

function judgementOf(row: Selectable<Database['judgements']>): Judgement {
  return {
    cycle: row.cycle,
    number: row.number,
    epoch: row.epoch,
    challenger: row.challenger_version,
    champion: row.champion_version,
    evidence: row.evidence,
    verdict: row.verdict,
    judgedAt: row.judged_at,
  };
}
