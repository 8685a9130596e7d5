import type { Kysely, Selectable } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import { liveLineage } from '../schemas/lineage.ts';
import type { TrackedRun } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { outsideVersion } from './outsideVersions.ts';

/** Who reigns, or reigned, with what is needed to score it and to judge against it. */
export interface Champion {
  readonly model: string;
  readonly lineage: string;
  readonly epoch: number;
  /** The version's id. */
  readonly id: string;
  /** In the registry; null for a version of a backfill that was not adopted. */
  readonly version: number | null;
  /** The cycle that fitted it, and the asOf of that. Of a version from outside: its id, and the asOf of the challenge that crowned it. */
  readonly cycle: string;
  readonly asOf: string;
  readonly modelUri: string;
  /** Of its files; null for a version of an earlier release. */
  readonly digest: string | null;
  readonly definitionVersion: number;
  readonly codeHash: string | null;
  /** Null where nobody knows, of a version from outside. */
  readonly trainSnapshot: string | null;
  readonly trainWindow: Window | null;
  /** Of the environment it was fitted in; null for a version from outside. */
  readonly environmentHash: string | null;
  /** When a person registered it, in whole seconds; null where a cycle fitted it. */
  readonly registeredAt: string | null;
  /** The holdouts of the judgements that chose it: their rows judge it no more. */
  readonly choseSnapshots: string[];
  /** Null where MLflow keeps none, of a version from outside. */
  readonly run: TrackedRun | null;
  readonly promotedAt: string;
  readonly promotedBy: string;
  readonly reason: string;
}

/** Who reigns now. */
export async function currentChampion(
  db: Kysely<Database>,
  model: string,
  lineage: string,
): Promise<Champion | undefined> {
  return (await lastChampion(db, model, lineage)) ?? (await originOf(db, model, lineage));
}

/** Who reigned at a time (ISO 8601), by when it was promoted. */
export async function championAt(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  time: string,
): Promise<Champion | undefined> {
  return await lastChampion(db, model, lineage, { time });
}

/**
 * Whom the last promotion made champion of those that were fitted for an asOf before a time: by what was known then. A
 * person's rollback counts by when it happened.
 */
export async function championBefore(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  before: string,
): Promise<Champion | undefined> {
  return await lastChampion(db, model, lineage, { before });
}

/** Who began to reign with a promotion, by its number. */
export async function championOfEpoch(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  epoch: number,
): Promise<Champion | undefined> {
  return epoch === 0 ? await originOf(db, model, lineage) : await lastChampion(db, model, lineage, { epoch });
}

/** The version that reigns in a lineage before its first promotion, at epoch 0; undefined where nobody does. */
async function originOf(db: Kysely<Database>, model: string, lineage: string): Promise<Champion | undefined> {
  if (lineage === liveLineage) return undefined;
  const row = await db
    .selectFrom('lineages')
    .innerJoin('versions', 'versions.id', 'lineages.origin')
    .leftJoin('cycles', 'cycles.id', 'versions.cycle')
    .selectAll('versions')
    .select(['cycles.as_of', 'lineages.created_at'])
    .where('lineages.model', '=', model)
    .where('lineages.name', '=', lineage)
    .executeTakeFirst();
  const fitted = row && fittedVersion(row);
  if (fitted === undefined) return undefined;
  // The rows that made it champion where it comes from chose it.
  const chosen = await choseSnapshots(db, model, liveLineage, fitted.id);
  const began = { promotedAt: row?.created_at ?? '', promotedBy: '', reason: 'The lineage begins with it.' };
  return { ...fitted, lineage, epoch: 0, choseSnapshots: chosen, ...began };
}

/** One of the live lineage, where every version has a number. */
export type RegisteredChampion = Champion & { readonly version: number };

/** Who reigns in the live lineage now: what callers get, and what MLflow's alias names. */
export async function liveChampion(db: Kysely<Database>, model: string): Promise<RegisteredChampion | undefined> {
  const champion = await currentChampion(db, model, liveLineage);
  return champion && registered(champion);
}

/** @throws ReignError LedgerConflict, where a constraint of `promotions` was broken */
export function registered(champion: Champion): RegisteredChampion {
  const { version } = champion;
  if (version === null) throw errorOf('LedgerConflict', 'unregistered', { version: champion.id });
  return { ...champion, version };
}

async function lastChampion(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  { time, epoch, before }: { time?: string; epoch?: number; before?: string } = {},
): Promise<Champion | undefined> {
  let query = db
    .selectFrom('promotions')
    .innerJoin('versions', 'versions.id', 'promotions.champion')
    .leftJoin('cycles', 'cycles.id', 'versions.cycle')
    .selectAll('versions')
    .select([
      'cycles.as_of',
      'promotions.epoch',
      'promotions.promoted_at',
      'promotions.promoted_by',
      'promotions.reason',
    ])
    .where('promotions.model', '=', model)
    .where('promotions.lineage', '=', lineage)
    .orderBy('promotions.epoch', 'desc')
    .limit(1);
  if (time !== undefined) query = query.where('promotions.promoted_at', '<=', time);
  if (before !== undefined)
    query = query
      .where('cycles.as_of', '<', before)
      .where((eb) => eb.or([eb('promotions.kind', '<>', 'rollback'), eb('promotions.promoted_at', '<', before)]));
  if (epoch !== undefined) query = query.where('promotions.epoch', '=', epoch);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const fitted = row.cycle === null ? await fromOutside(db, row) : fittedVersion(row);
  if (fitted === undefined) throw errorOf('LedgerConflict', 'reignsUnfitted', { model, version: row.id });
  const { epoch: number, promoted_at: promotedAt, promoted_by: promotedBy, reason } = row;
  const chosen = await choseSnapshots(db, model, lineage, row.id);
  return { ...fitted, lineage, epoch: number, choseSnapshots: chosen, promotedAt, promotedBy, reason };
}

/** A version of a lineage as if it reigned, at epoch 0: to be judged against outside of the ledger. */
export async function asIfReigning(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  version: number,
): Promise<Champion | undefined> {
  const row = await db
    .selectFrom('versions')
    .leftJoin('cycles', 'cycles.id', 'versions.cycle')
    .selectAll('versions')
    .select('cycles.as_of')
    .where('versions.model', '=', model)
    .where('versions.version', '=', version)
    .where((eb) => eb.or([eb('cycles.lineage', '=', lineage), eb('versions.cycle', 'is', null)]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const fitted = row.cycle === null ? await fromOutside(db, row) : fittedVersion(row);
  if (fitted === undefined) return undefined;
  const chosen = await choseSnapshots(db, model, lineage, fitted.id);
  return { ...fitted, lineage, epoch: 0, choseSnapshots: chosen, promotedAt: '', promotedBy: '', reason: '' };
}

type Fitted = Omit<Champion, 'lineage' | 'epoch' | 'choseSnapshots' | 'promotedAt' | 'promotedBy' | 'reason'>;

/** What the constraints of `versions` keep of a registered version that a cycle fitted; undefined before it is one. */
function fittedVersion(row: Selectable<Database['versions']> & { as_of: string | null }): Fitted | undefined {
  const { model_uri: modelUri, train_snapshot: trainSnapshot, environment_hash: environmentHash } = row;
  const { version, cycle, experiment_id: experimentId, run_id: runId, model_id: modelId } = row;
  if (modelUri === null || trainSnapshot === null || environmentHash === null) return undefined;
  if (cycle === null || experimentId === null || runId === null || modelId === null) return undefined;
  if (row.definition_version === null || row.train_from === null || row.train_to === null) return undefined;
  if (row.as_of === null) return undefined;
  return {
    ...{ model: row.model, id: row.id, version, cycle, modelUri, trainSnapshot, environmentHash },
    asOf: instant(row.as_of),
    digest: row.digest,
    definitionVersion: row.definition_version,
    codeHash: row.code_hash,
    trainWindow: { from: instant(row.train_from), to: instant(row.train_to) },
    registeredAt: null,
    run: { experimentId, runId, modelId },
  };
}

/**
 * What is known of a version that a person registered. The challenge that crowned it, else the last that was judged, says of
 * which asOf it is, and how it is asked: one that was cancelled may have waited for rows of a distant future.
 */
async function fromOutside(db: Kysely<Database>, row: Selectable<Database['versions']>): Promise<Fitted | undefined> {
  const challenge = await db
    .selectFrom('cycles')
    .leftJoin('promotions', 'promotions.cycle', 'cycles.id')
    .select(['cycles.as_of', 'cycles.definition_version'])
    .where('cycles.challenger', '=', row.id)
    .where('cycles.kind', '=', 'challenge')
    .orderBy('promotions.epoch', (order) => order.desc().nullsLast())
    .orderBy(
      ({ exists, selectFrom }) =>
        exists(selectFrom('judgements').select('number').whereRef('judgements.cycle', '=', 'cycles.id')),
      'desc',
    )
    .orderBy('cycles.as_of', 'desc')
    .limit(1)
    .executeTakeFirst();
  const known = outsideVersion(row);
  if (challenge === undefined || known === undefined) return undefined;
  const { id, model, version, modelUri, digest, trainSnapshot, trainWindow, registeredAt, run } = known;
  return {
    ...{ model, id, version, cycle: id, modelUri, digest, trainSnapshot, trainWindow, registeredAt, run },
    asOf: instant(challenge.as_of),
    definitionVersion: challenge.definition_version,
    codeHash: null,
    environmentHash: null,
  };
}

async function choseSnapshots(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  version: string,
): Promise<string[]> {
  const rows = await db
    .selectFrom('promotions')
    .leftJoin('decisions', 'decisions.id', 'promotions.decision')
    // An override names its judgement by the decision: whoever decided had its evidence in front of them.
    .innerJoin('judgements', (join) =>
      join
        .on('judgements.cycle', '=', ({ fn }) => fn.coalesce('promotions.cycle', 'decisions.cycle'))
        .on('judgements.number', '=', ({ fn }) =>
          fn.coalesce('promotions.judgement_number', 'decisions.judgement_number'),
        ),
    )
    .innerJoin('cycle_snapshots', (join) =>
      join
        .onRef('cycle_snapshots.cycle', '=', 'judgements.cycle')
        .onRef('cycle_snapshots.attempt', '=', 'judgements.attempt'),
    )
    .select('cycle_snapshots.content_hash')
    .distinct()
    .where('promotions.model', '=', model)
    .where('promotions.lineage', '=', lineage)
    .where('promotions.champion', '=', version)
    .where('cycle_snapshots.purpose', '=', 'holdout')
    .orderBy('cycle_snapshots.content_hash')
    .execute();
  return rows.map((row) => row.content_hash);
}
