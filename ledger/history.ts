import { type Kysely, sql } from 'kysely';
import type { PrimaryResult } from '../schemas/cycle.ts';
import type { VerdictKind } from '../schemas/verdict.ts';
import type { Database, PromotionKind } from './database.ts';
import { followUpsOf, looksOf, type StoredFollowUp } from './followUps.ts';
import { instant } from './instants.ts';
import { primaryResultOf } from './storedPrimary.ts';

/** One reign. */
export interface Reign {
  readonly epoch: number;
  /** In the registry; null for a version of a backfill. */
  readonly version: number | null;
  readonly kind: PromotionKind;
  /** The cycle that fitted the version, and the asOf of that. */
  readonly cycle: string;
  readonly asOf: string;
  readonly from: string;
  /** Null: until now. */
  readonly to: string | null;
  /** The version that reigned before; null for the first. */
  readonly beat: number | null;
  readonly reason: string;
  readonly by: string;
  /** Of a rollback: the reign that it restored. */
  readonly restoresEpoch: number | null;
  /** Of an override: what the gate had said, and on which evidence. */
  readonly overrode: { readonly cycle: string; readonly verdict: VerdictKind; readonly evidence: string } | null;
  /** What it won by, where it was judged. */
  readonly primary: PrimaryResult | null;
  /** The same difference in the period after the one that it was promoted on; null where nobody has looked yet. */
  readonly followUp: Pick<StoredFollowUp, 'promised' | 'found' | 'complete'> | null;
  /** How it fared against the version that it beat, until the next promotion; null where nobody has looked yet. */
  readonly probation: Probation | null;
}

/** The looks at a promoted version. */
export interface Probation {
  /** `watched`: later cycles look again. `over`: all looks were made, or another version was promoted. */
  readonly state: 'watched' | 'over';
  /** How many looks there are at most. */
  readonly of: number;
  /** In order. */
  readonly looks: readonly {
    readonly number: number;
    readonly foundBy: string;
    readonly verdict: StoredFollowUp['verdict'];
    readonly found: StoredFollowUp['found'];
    readonly unmeasured: string | null;
  }[];
}

/** Who was champion from when to when, what it beat and why; the first reign first. */
export async function history(db: Kysely<Database>, model: string, lineage: string): Promise<Reign[]> {
  const rows = await db
    .selectFrom('promotions')
    .innerJoin('versions', 'versions.id', 'promotions.champion')
    .leftJoin('decisions', 'decisions.id', 'promotions.decision')
    .innerJoin('cycles', (join) =>
      // What no cycle fitted is known by the cycle that judged it.
      join.on('cycles.id', '=', ({ fn }) => fn.coalesce('versions.cycle', 'promotions.cycle', 'decisions.cycle')),
    )
    .leftJoin('judgements', (join) =>
      join
        .onRef('judgements.cycle', '=', 'promotions.cycle')
        .onRef('judgements.number', '=', 'promotions.judgement_number'),
    )
    .select(['promotions.epoch', 'promotions.version', 'promotions.kind', 'promotions.promoted_at'])
    .select(['promotions.reason', 'promotions.promoted_by', 'cycles.id as cycle', 'cycles.as_of'])
    .select(['judgements.primary_result', 'promotions.restores_epoch', 'decisions.cycle as decided_cycle'])
    .select(['decisions.verdict_kind', 'decisions.evidence'])
    .where('promotions.model', '=', model)
    .where('promotions.lineage', '=', lineage)
    .orderBy('promotions.epoch')
    .execute();
  const followUps = new Map(
    (await followUpsOf(db, model, lineage)).map(({ epoch, promised, found, complete }) => [
      epoch,
      { promised, found, complete },
    ]),
  );
  const looks = Map.groupBy(await looksOf(db, model, lineage), ({ epoch }) => epoch);
  return rows.map((row, at) => ({
    epoch: row.epoch,
    version: row.version,
    kind: row.kind,
    cycle: row.cycle,
    asOf: instant(row.as_of),
    from: row.promoted_at,
    to: rows[at + 1]?.promoted_at ?? null,
    beat: rows[at - 1]?.version ?? null,
    reason: row.reason,
    by: row.promoted_by,
    restoresEpoch: row.restores_epoch,
    overrode: row.kind === 'override' ? overrodeOf(row) : null,
    primary: primaryResultOf(row.primary_result),
    followUp: followUps.get(row.epoch) ?? null,
    probation: probationOf(looks.get(row.epoch) ?? [], at === rows.length - 1),
  }));
}

function probationOf(looks: readonly StoredFollowUp[], reigns: boolean): Probation | null {
  const of = looks[0]?.look?.of;
  if (of === undefined) return null;
  return {
    state: reigns && looks.length < of ? 'watched' : 'over',
    of,
    looks: looks.map(({ foundBy, verdict, found, unmeasured }, at) => ({
      ...{ number: at + 1, foundBy, verdict, found, unmeasured },
    })),
  };
}

function overrodeOf(row: {
  decided_cycle: string | null;
  verdict_kind: VerdictKind | null;
  evidence: string | null;
}): Reign['overrode'] {
  const { decided_cycle: cycle, verdict_kind: verdict, evidence } = row;
  return cycle === null || verdict === null || evidence === null ? null : { cycle, verdict, evidence };
}

/** How often a person changed the champion of each model, in one lineage. */
export async function countChanges(
  db: Kysely<Database>,
  lineage: string,
): Promise<ReadonlyMap<string, { readonly rollbacks: number; readonly overrides: number }>> {
  const rows = await db
    .selectFrom('promotions')
    .select('model')
    .select(sql<number>`count(*) filter (where kind = 'rollback')::integer`.as('rollbacks'))
    .select(sql<number>`count(*) filter (where kind = 'override')::integer`.as('overrides'))
    .where('lineage', '=', lineage)
    .groupBy('model')
    .execute();
  return new Map(rows.map(({ model, ...counts }) => [model, counts]));
}

/** How often a version of a model was made champion, in any lineage. */
export async function countPromotions(db: Kysely<Database>, model: string): Promise<number> {
  const { count } = await db
    .selectFrom('promotions')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('model', '=', model)
    .executeTakeFirstOrThrow();
  return Number(count);
}
