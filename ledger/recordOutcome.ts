import { type Kysely, type Selectable, sql, type Transaction, type Updateable } from 'kysely';
import {
  type Cycle,
  type CycleStatus,
  type Failure,
  type PrimaryResult,
  settledStatuses,
  type WaitsFor,
} from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { VerdictKind } from '../schemas/verdict.ts';
import { cycleOf } from './cycles.ts';
import type { Database } from './database.ts';
import { lockCycle } from './lockCycle.ts';
import { championId } from './versionId.ts';

export interface OutcomeChange {
  readonly status: CycleStatus;
  /** What a waiting cycle waits for: the database refuses one that does not say. */
  readonly waitsFor?: WaitsFor;
  readonly verdict?: VerdictKind;
  readonly summary?: string | null;
  readonly primary?: PrimaryResult | null;
  readonly champion?: number | null;
  readonly challenger?: number | null;
  readonly rows?: { readonly train?: number; readonly holdout?: number; readonly judged?: number };
  readonly evidence?: string;
  readonly failure?: Failure | null;
  /** Given: refused where the cycle is in another attempt by now. */
  readonly attempt?: number;
}

const ended: readonly CycleStatus[] = [...settledStatuses, 'failed', 'cancelled'];

/**
 * Writes what became of a cycle, or how far it is (`running`, `waiting`); what is left out stays. Repeating it changes
 * nothing. A cycle that was crowned is `promoted`, whatever befell it afterwards: told that it failed or was cancelled,
 * the ledger says `promoted` and keeps the failure. A settled cycle told to be something else is the error LedgerConflict.
 */
export async function recordOutcome(db: Kysely<Database>, id: string, outcome: OutcomeChange): Promise<Cycle> {
  return await db.transaction().execute(async (transaction) => {
    const row = await lockCycle(transaction, { id, attempt: outcome.attempt });
    const mishap = outcome.status === 'failed' || outcome.status === 'cancelled';
    if (ended.includes(row.status)) {
      if (row.status === outcome.status || mishap) return cycleOf(row);
      throw errorOf('LedgerConflict', 'settled', { cycle: id, status: row.status, other: outcome.status });
    }
    const columns = { ...columnsOf(outcome), ...(await contendersOf(transaction, row, outcome)) };
    if (mishap) {
      const crowned = await settleCrowned(transaction, id, { failure: columns.failure ?? null });
      if (crowned !== undefined) return cycleOf(crowned);
    }
    const updated = await transaction
      .updateTable('cycles')
      .set({ ...columns, ended_at: ended.includes(outcome.status) ? sql`clock_timestamp()` : null })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return cycleOf(updated);
  });
}

/** Settles a cycle that has a promotion but died before it could say so; undefined where it has none. */
export async function settleCrowned(
  db: Transaction<Database>,
  id: string,
  more: Updateable<Database['cycles']> = {},
): Promise<Selectable<Database['cycles']> | undefined> {
  const judgement = await db
    .selectFrom('promotions')
    .innerJoin('judgements', (join) =>
      join
        .onRef('judgements.cycle', '=', 'promotions.cycle')
        .onRef('judgements.number', '=', 'promotions.judgement_number'),
    )
    .select(['judgements.verdict_kind', 'judgements.evidence', 'judgements.champion_version'])
    .select(['judgements.primary_result', 'judgements.verdict', 'promotions.champion', 'promotions.version'])
    .select('judgements.champion as beaten')
    .where('promotions.cycle', '=', id)
    .executeTakeFirst();
  if (judgement === undefined) return undefined;
  const { primary_result } = judgement;
  return await db
    .updateTable('cycles')
    .set({
      status: 'promoted',
      verdict: judgement.verdict_kind,
      summary: judgement.verdict.summary,
      champion: judgement.beaten,
      champion_version: judgement.champion_version,
      challenger: judgement.champion,
      challenger_version: judgement.version,
      primary_result: primary_result && JSON.stringify(primary_result),
      evidence: judgement.evidence,
      ended_at: sql`clock_timestamp()`,
      waits_for: null,
      ...more,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

function columnsOf(outcome: OutcomeChange): Updateable<Database['cycles']> {
  const { status, waitsFor, verdict, summary, primary, rows, evidence, failure } = outcome;
  return {
    status,
    waits_for: waitsFor ?? null,
    ...(verdict !== undefined && { verdict }),
    ...(summary !== undefined && { summary }),
    ...(primary !== undefined && { primary_result: primary && JSON.stringify(primary) }),
    ...(rows?.train !== undefined && { train_rows: rows.train }),
    ...(rows?.holdout !== undefined && { holdout_rows: rows.holdout }),
    ...(rows?.judged !== undefined && { judged_rows: rows.judged }),
    ...(evidence !== undefined && { evidence }),
    ...(failure !== undefined && { failure: failure && JSON.stringify(failure) }),
  };
}

/** Registered numbers, with the versions that have them. One without a number is as the last judgement names it. */
async function contendersOf(
  db: Transaction<Database>,
  { id, model, attempt }: Selectable<Database['cycles']>,
  { champion, challenger }: OutcomeChange,
): Promise<Updateable<Database['cycles']>> {
  if (champion === undefined && challenger === undefined) return {};
  const judged = await db
    .selectFrom('judgements')
    .select(['challenger', 'champion'])
    .where('cycle', '=', id)
    .where('attempt', '=', attempt)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const idOf = (version: number | null, cycle: string | null | undefined) =>
    championId(db, model, { version, cycle: cycle ?? null });
  return {
    ...(champion !== undefined && { champion: await idOf(champion, judged?.champion), champion_version: champion }),
    ...(challenger !== undefined && {
      challenger: await idOf(challenger, judged?.challenger),
      challenger_version: challenger,
    }),
  };
}
