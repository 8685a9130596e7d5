import type { Kysely } from 'kysely';
import { ReignError } from '../schemas/errors.ts';
import type { TrackedRun } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';

/** Who reigns, or reigned, with what is needed to score it and to judge against it. */
export interface Champion {
  readonly model: string;
  readonly lineage: string;
  readonly epoch: number;
  readonly version: number;
  /** The cycle that fitted it, and the asOf of that. */
  readonly cycle: string;
  readonly asOf: string;
  readonly modelUri: string;
  /** Of its files; null for a version of an earlier release. */
  readonly digest: string | null;
  readonly definitionVersion: number;
  readonly codeHash: string | null;
  readonly trainSnapshot: string;
  readonly trainWindow: Window;
  /** Of the environment it was fitted in. */
  readonly environmentHash: string;
  /** The holdouts of the judgements that chose it: their rows judge it no more. */
  readonly choseSnapshots: string[];
  readonly run: TrackedRun;
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
  return await lastChampion(db, model, lineage);
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

/** Who began to reign with a promotion, by its number. */
export async function championOfEpoch(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  epoch: number,
): Promise<Champion | undefined> {
  return await lastChampion(db, model, lineage, { epoch });
}

async function lastChampion(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  { time, epoch }: { time?: string; epoch?: number } = {},
): Promise<Champion | undefined> {
  let query = db
    .selectFrom('promotions')
    .innerJoin('versions', (join) =>
      join.onRef('versions.model', '=', 'promotions.model').onRef('versions.version', '=', 'promotions.version'),
    )
    .innerJoin('cycles', 'cycles.id', 'versions.cycle')
    .selectAll('versions')
    .select([
      'cycles.as_of',
      'cycles.train_from',
      'cycles.train_to',
      'promotions.lineage as reigning_lineage',
      'promotions.epoch',
      'promotions.version as reigning_version',
      'promotions.promoted_at',
      'promotions.promoted_by',
      'promotions.reason',
    ])
    .where('promotions.model', '=', model)
    .where('promotions.lineage', '=', lineage)
    .orderBy('promotions.epoch', 'desc')
    .limit(1);
  if (time !== undefined) query = query.where('promotions.promoted_at', '<=', time);
  if (epoch !== undefined) query = query.where('promotions.epoch', '=', epoch);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const { model_uri: modelUri, train_snapshot: trainSnapshot, environment_hash: environmentHash } = row;
  // The constraints of `versions` keep this from happening; the types do not know.
  if (modelUri === null || trainSnapshot === null || environmentHash === null) {
    throw new ReignError('LedgerConflict', `${model} version ${row.reigning_version} reigns without a fit`);
  }
  return {
    model,
    lineage,
    epoch: row.epoch,
    version: row.reigning_version,
    cycle: row.cycle,
    asOf: instant(row.as_of),
    modelUri,
    digest: row.digest,
    definitionVersion: row.definition_version,
    codeHash: row.code_hash,
    trainSnapshot,
    trainWindow: { from: instant(row.train_from), to: instant(row.train_to) },
    environmentHash,
    choseSnapshots: await choseSnapshots(db, model, lineage, row.reigning_version),
    run: { experimentId: row.experiment_id, runId: row.run_id, modelId: row.model_id },
    promotedAt: row.promoted_at,
    promotedBy: row.promoted_by,
    reason: row.reason,
  };
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
    .innerJoin('cycles', 'cycles.id', 'versions.cycle')
    .selectAll('versions')
    .select(['cycles.as_of', 'cycles.train_from', 'cycles.train_to'])
    .where('versions.model', '=', model)
    .where('versions.version', '=', version)
    .where('cycles.lineage', '=', lineage)
    .executeTakeFirst();
  const { model_uri: modelUri, train_snapshot: trainSnapshot, environment_hash: environmentHash } = row ?? {};
  if (row === undefined || modelUri == null || trainSnapshot == null || environmentHash == null) return undefined;
  return {
    ...{ model, lineage, epoch: 0, version, cycle: row.cycle, modelUri, trainSnapshot, environmentHash },
    asOf: instant(row.as_of),
    digest: row.digest,
    definitionVersion: row.definition_version,
    codeHash: row.code_hash,
    trainWindow: { from: instant(row.train_from), to: instant(row.train_to) },
    choseSnapshots: await choseSnapshots(db, model, lineage, version),
    run: { experimentId: row.experiment_id, runId: row.run_id, modelId: row.model_id },
    ...{ promotedAt: '', promotedBy: '', reason: '' },
  };
}

async function choseSnapshots(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  version: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('promotions')
    .innerJoin('judgements', (join) =>
      join
        .onRef('judgements.cycle', '=', 'promotions.cycle')
        .onRef('judgements.number', '=', 'promotions.judgement_number'),
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
    .where('promotions.version', '=', version)
    .where('cycle_snapshots.purpose', '=', 'holdout')
    .orderBy('cycle_snapshots.content_hash')
    .execute();
  return rows.map((row) => row.content_hash);
}
