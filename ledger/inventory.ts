import type { Kysely } from 'kysely';
import type { VerdictKind } from '../schemas/verdict.ts';
import type { Database } from './database.ts';

/** A judgement in brief. */
export interface LastValidation {
  readonly cycle: string;
  readonly number: number;
  readonly verdict: VerdictKind;
  readonly at: string;
}

/** The newest judgement of a lineage: there the champion was measured on rows that it had not seen. */
export async function lastValidation(
  db: Kysely<Database>,
  model: string,
  lineage: string,
): Promise<LastValidation | undefined> {
  return await db
    .selectFrom('judgements')
    .select(['cycle', 'number', 'verdict_kind as verdict', 'judged_at as at'])
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .orderBy('judged_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** What people decided about a model's live lineage: when last, and how often against the verdict. */
export async function decisionsInBrief(
  db: Kysely<Database>,
  model: string,
): Promise<{ readonly last: string | null; readonly overrides: number }> {
  const decided = await db
    .selectFrom('decisions')
    .select(['kind', 'decided_at'])
    .where('model', '=', model)
    .where('lineage', '=', 'live')
    .orderBy('decided_at')
    .execute();
  return {
    last: decided.at(-1)?.decided_at ?? null,
    overrides: decided.filter(({ kind }) => kind === 'override').length,
  };
}
