import type { Kysely, Selectable } from 'kysely';
import type { Judgement, PrimaryResult } from '../schemas/cycle.ts';
import { ReignError } from '../schemas/errors.ts';
import type { Rehearsal } from '../schemas/evidence.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Verdict } from '../schemas/verdict.ts';
import type { Database } from './database.ts';

export interface NewJudgement {
  readonly cycle: string;
  /** 1, 2, ... within the cycle; an attempt begins after those of earlier attempts (`claimCycle` says how many). */
  readonly number: number;
  /** The epoch that reigned when it was judged; 0 where there was no champion. */
  readonly epoch: number;
  readonly challenger: number;
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
 * evidence, where the champion it names did not reign at its epoch, or the challenger is not the cycle's version.
 */
export async function storeJudgement(db: Kysely<Database>, judgement: NewJudgement): Promise<Judgement> {
  const { cycle, number, verdict, policy, rehearsal, primary } = judgement;
  await db
    .insertInto('judgements')
    .columns([
      'cycle',
      'attempt',
      'model',
      'lineage',
      'number',
      'epoch',
      'challenger_version',
      'champion_version',
      'champion_cycle',
      'evidence',
      'rehearsal',
      'policy',
      'verdict',
      'primary_result',
    ])
    .expression(({ selectFrom, val, cast }) =>
      selectFrom('cycles')
        .where('id', '=', cycle)
        .select([
          'id',
          'attempt',
          'model',
          'lineage',
          cast<number>(val(number), 'integer').as('number'),
          cast<number>(val(judgement.epoch), 'integer').as('epoch'),
          cast<number>(val(judgement.challenger), 'integer').as('challenger_version'),
          cast<number | null>(val(judgement.champion), 'integer').as('champion_version'),
          val(judgement.championCycle).as('champion_cycle'),
          val(judgement.evidence).as('evidence'),
          cast<string | null>(val(rehearsal && JSON.stringify(rehearsal)), 'jsonb').as('rehearsal'),
          cast<string>(val(JSON.stringify(policy)), 'jsonb').as('policy'),
          cast<string>(val(JSON.stringify(verdict)), 'jsonb').as('verdict'),
          cast<string | null>(val(primary && JSON.stringify(primary)), 'jsonb').as('primary_result'),
        ]),
    )
    .onConflict((conflict) => conflict.columns(['cycle', 'number']).doNothing())
    .execute();
  const row = await db
    .selectFrom('judgements')
    .selectAll()
    .where('cycle', '=', cycle)
    .where('number', '=', number)
    .executeTakeFirst();
  if (row === undefined) throw new ReignError('CycleUnknown', `There is no cycle ${cycle}`);
  const stored = judgementOf(row);
  const { epoch, challenger, evidence } = stored;
  if (epoch !== judgement.epoch || challenger !== judgement.challenger || evidence !== judgement.evidence) {
    throw new ReignError('LedgerConflict', `Judgement ${number} of cycle ${cycle} is about other evidence already`);
  }
  return stored;
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
