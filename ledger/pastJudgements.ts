import { type Kysely, sql } from 'kysely';
import { settledStatuses } from '../schemas/cycle.ts';
import type { Metric } from '../schemas/metrics.ts';
import type { Database } from './database.ts';
import { notDeleted } from './deletions.ts';

/** How well an earlier cycle could tell challenger and champion apart. */
export interface PastError {
  readonly standardError: number;
  readonly clusters: number;
  /** From the end of the champion's training window to that cycle's asOf. */
  readonly championAgeDays: number;
}

/**
 * How well the cycles before `asOf` measured a metric's difference between challenger and champion, newest first: one
 * for each cycle, from its last judgement. Cycles without a champion, or that could not tell, are left out.
 */
export async function pastErrors(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  asOf: string,
  metric: Metric,
  limit = 26,
): Promise<PastError[]> {
  const last = db
    .selectFrom('judgements')
    .innerJoin('cycles', 'cycles.id', 'judgements.cycle')
    .innerJoin('versions as champion', 'champion.id', 'judgements.champion')
    .distinctOn('cycles.id')
    .select(['cycles.as_of', 'cycles.definition_version', 'champion.train_to', 'judgements.primary_result'])
    .where('judgements.model', '=', model)
    .where('judgements.lineage', '=', lineage)
    .where('cycles.as_of', '<', asOf)
    .where(notDeleted)
    .orderBy('cycles.id')
    .orderBy('judgements.number', 'desc')
    .as('last');
  const rows = await db
    .selectFrom(last)
    .select(['as_of', 'train_to', 'primary_result'])
    .where(sql<boolean>`primary_result->>'metric' = ${metric}`)
    .where(sql<boolean>`(primary_result->>'standardError')::float8 > 0`)
    .where(sql<boolean>`(primary_result->>'clusters')::float8 > 0`)
    .orderBy('as_of', 'desc')
    .orderBy('definition_version', 'desc')
    .limit(limit)
    .execute();
  return rows.flatMap(({ as_of, train_to, primary_result: primary }) =>
    primary?.standardError == null || primary.clusters === undefined || train_to === null
      ? []
      : [
          {
            standardError: primary.standardError,
            clusters: primary.clusters,
            championAgeDays: Math.round((Date.parse(as_of) - Date.parse(train_to)) / 86_400_000),
          },
        ],
  );
}

/** The evidence of the last settled cycles before `asOf` that came to a judgement (the last of each), newest first. */
export async function pastEvidence(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  asOf: string,
  limit = 8,
): Promise<string[]> {
  const last = db
    .selectFrom('judgements')
    .innerJoin('cycles', (join) =>
      join.onRef('cycles.id', '=', 'judgements.cycle').onRef('cycles.attempt', '=', 'judgements.attempt'),
    )
    .distinctOn('cycles.id')
    .select(['cycles.as_of', 'cycles.definition_version', 'judgements.evidence'])
    .where('judgements.model', '=', model)
    .where('judgements.lineage', '=', lineage)
    .where('cycles.as_of', '<', asOf)
    .where('cycles.status', 'in', settledStatuses)
    .where(notDeleted)
    .orderBy('cycles.id')
    .orderBy('judgements.number', 'desc')
    .as('last');
  const rows = await db
    .selectFrom(last)
    .select('evidence')
    .orderBy('as_of', 'desc')
    .orderBy('definition_version', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ evidence }) => evidence);
}

/** How many cycles before `asOf` were skipped since the last one that came to a judgement. */
export async function skippedSince(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  asOf: string,
): Promise<number> {
  const row = await db
    .selectFrom('cycles')
    .select(({ fn }) => fn.countAll<number>().as('skipped'))
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .where('as_of', '<', asOf)
    .where('status', '=', 'skipped')
    .where(notDeleted)
    .where(
      'as_of',
      '>',
      sql<string>`coalesce((
        select max(judged.as_of) from reign.judgements
        join reign.cycles judged on judged.id = judgements.cycle
        where judged.model = ${model} and judged.lineage = ${lineage} and judged.as_of < ${asOf}
      ), '-infinity')`,
    )
    .executeTakeFirstOrThrow();
  return Number(row.skipped);
}
