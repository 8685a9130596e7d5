import { type Kysely, type Selectable, sql } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import type { FitResult, TrackedRun } from '../schemas/payloads.ts';
import type { Database } from './database.ts';
import { filesDigest } from './filesDigest.ts';
import { instant } from './instants.ts';
import { isJudged } from './judgements.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';

/** What a cycle fitted. The nulls are not known yet: first the run is named, then the fit, then the version. */
export interface VersionRow {
  /** That of its cycle. */
  readonly id: string;
  readonly cycle: string;
  readonly model: string;
  readonly lineage: string;
  readonly asOf: string;
  /** In the MLflow registry. */
  readonly version: number | null;
  readonly run: TrackedRun;
  readonly definitionVersion: number;
  readonly codeHash: string | null;
  /** The attempt of the cycle that opened the run. */
  readonly attempt: number;
  readonly modelUri: string | null;
  readonly trainSnapshot: string | null;
  readonly trainRows: number | null;
  readonly trivial: FitResult['trivial'] | null;
  readonly trainingMetrics: FitResult['trainingMetrics'] | null;
  readonly environmentHash: string | null;
  readonly python: string | null;
  /** The model's files with the sha256 of each, and what names them all; null for a version of an earlier release. */
  readonly files: Readonly<Record<string, string>> | null;
  readonly digest: string | null;
}

/** The version that a cycle fitted: by its cycle, or by its number in the registry. */
export async function versionOf(
  db: Kysely<Database>,
  which: { cycle: string } | { model: string; version: number },
): Promise<VersionRow | undefined> {
  let query = db
    .selectFrom('versions')
    .innerJoin('cycles', 'cycles.id', 'versions.cycle')
    .selectAll('versions')
    .select('cycles.as_of');
  query =
    'cycle' in which
      ? query.where('versions.cycle', '=', which.cycle)
      : query.where('versions.model', '=', which.model).where('versions.version', '=', which.version);
  const row = await query.executeTakeFirst();
  return row && versionRow(row);
}

/** What the cycles of a model fitted. */
export async function fittedVersions(db: Kysely<Database>, model: string): Promise<VersionRow[]> {
  const rows = await db
    .selectFrom('versions')
    .innerJoin('cycles', 'cycles.id', 'versions.cycle')
    .selectAll('versions')
    .select('cycles.as_of')
    .where('versions.model', '=', model)
    .execute();
  return rows.map(versionRow);
}

/** The numbers in MLflow's registry that the ledger knows of a model, whoever registered them. */
export async function registeredNumbers(db: Kysely<Database>, model: string): Promise<Set<number>> {
  const rows = await db
    .selectFrom('versions')
    .select('version')
    .where('model', '=', model)
    .where('version', 'is not', null)
    .execute();
  return new Set(rows.flatMap(({ version }) => (version === null ? [] : [version])));
}

/**
 * Names where an attempt's fit writes in MLflow. The answer is what was named first in this attempt, or what an earlier
 * attempt named and a judgement refers to; what an earlier attempt named and nobody judged is replaced, with its version.
 *
 * @param gone a run of this attempt that is not there any more: it is replaced as well
 */
export async function nameRun(
  db: Kysely<Database>,
  { id: cycle, attempt }: Attempt,
  run: TrackedRun,
  gone?: TrackedRun,
): Promise<TrackedRun> {
  return await db.transaction().execute(async (transaction) => {
    const { model, lineage, definition_version, train_from, train_to } = await lockCycle(transaction, {
      id: cycle,
      attempt,
    });
    const named = await versionOf(transaction, { cycle });
    const place = { attempt, experiment_id: run.experimentId, run_id: run.runId, model_id: run.modelId };
    if (named === undefined) {
      const { code_hash } = await transaction
        .selectFrom('definitions')
        .select('code_hash')
        .where('model', '=', model)
        .where('version', '=', definition_version)
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto('versions')
        .values({
          ...{ id: cycle, cycle, model, lineage, definition_version, code_hash, train_from, train_to, ...place },
          origin: lineage === 'live' ? 'cycle' : 'backfill',
        })
        .execute();
      return run;
    }
    if ((named.attempt === attempt && named.run.modelId !== gone?.modelId) || (await isJudged(transaction, cycle))) {
      return named.run;
    }
    await transaction
      .updateTable('cycles')
      .set({ challenger: null, challenger_version: null })
      .where('id', '=', cycle)
      .execute();
    await transaction
      .updateTable('versions')
      .set({ ...place, ...notFitted, version: null, created_at: sql`clock_timestamp()` })
      .where('cycle', '=', cycle)
      .execute();
    return run;
  });
}

const notFitted = {
  model_uri: null,
  train_snapshot: null,
  train_rows: null,
  trivial: null,
  training_metrics: null,
  environment_hash: null,
  python: null,
  files: null,
  digest: null,
};

/**
 * Stores what the fit gave; what was stored first stays. The training snapshot is the one that the cycle has named: a
 * version that was fitted on another, or in another environment, is the error LedgerConflict; so is one with other files.
 */
export async function nameFit(
  db: Kysely<Database>,
  { id: cycle, attempt }: Attempt,
  fit: FitResult,
): Promise<VersionRow> {
  // A trainer of an earlier release says nothing of files.
  const files = fit.files ?? null;
  const digest = fit.digest ?? null;
  if (files !== null && filesDigest(files) !== digest) throw errorOf('LedgerConflict', 'digest', { cycle });
  return await db.transaction().execute(async (transaction) => {
    const { train_snapshot } = await lockCycle(transaction, { id: cycle, attempt });
    if (train_snapshot === null) throw errorOf('LedgerConflict', 'noSnapshot', { cycle });
    const named = await existing(transaction, cycle);
    if (fit.modelUri !== `models:/${named.run.modelId}`) {
      throw errorOf('LedgerConflict', 'otherModel', { cycle, uri: fit.modelUri, model: named.run.modelId });
    }
    if (named.modelUri !== null) {
      if (named.trainSnapshot !== train_snapshot || named.environmentHash !== fit.environmentHash)
        throw errorOf('LedgerConflict', 'otherFit', { cycle: named.cycle });
      if (named.digest !== null && digest !== null && named.digest !== digest)
        throw errorOf('LedgerConflict', 'otherFiles', { cycle: named.cycle, model: named.run.modelId });
      return named;
    }
    await transaction
      .updateTable('versions')
      .set({
        model_uri: fit.modelUri,
        train_snapshot,
        train_rows: fit.rows,
        trivial: JSON.stringify(fit.trivial),
        training_metrics: JSON.stringify(fit.trainingMetrics),
        environment_hash: fit.environmentHash,
        python: fit.python,
        files: files && JSON.stringify(files),
        digest,
      })
      .where('cycle', '=', cycle)
      .execute();
    return await existing(transaction, cycle);
  });
}

/**
 * Names the cycle's version in the registry: the answer is what was named first. Offer the lowest that MLflow has for the
 * cycle's run, so that all who race offer the same.
 */
export async function nameVersion(
  db: Kysely<Database>,
  { id: cycle, attempt }: Attempt,
  version: number,
): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    const { model, challenger_version } = await lockCycle(transaction, { id: cycle, attempt });
    const known = await existing(transaction, cycle);
    if (known.version === null) {
      const owner = await versionOf(transaction, { model, version });
      if (owner !== undefined)
        throw errorOf('LedgerConflict', 'otherRegistry', { version, model: owner.model, cycle: owner.cycle });
      await transaction.updateTable('versions').set({ version }).where('cycle', '=', cycle).execute();
    }
    const named = known.version ?? version;
    if (challenger_version === null) {
      await transaction
        .updateTable('cycles')
        .set({ challenger: known.id, challenger_version: named })
        .where('id', '=', cycle)
        .execute();
    }
    return named;
  });
}

/** Names what a cycle fitted as its challenger, without a number in the registry. */
export async function nameChallenger(db: Kysely<Database>, { id: cycle, attempt }: Attempt): Promise<null> {
  await db.transaction().execute(async (transaction) => {
    const { challenger } = await lockCycle(transaction, { id: cycle, attempt });
    if (challenger !== null) return;
    const { id } = await existing(transaction, cycle);
    await transaction.updateTable('cycles').set({ challenger: id }).where('id', '=', cycle).execute();
  });
  return null;
}

async function existing(db: Kysely<Database>, cycle: string): Promise<VersionRow> {
  const version = await versionOf(db, { cycle });
  if (version === undefined) throw errorOf('CycleUnknown', 'noRun', { cycle });
  return version;
}

function versionRow(row: Selectable<Database['versions']> & { as_of: string }): VersionRow {
  const { cycle, lineage, definition_version: definitionVersion, attempt } = row;
  const { experiment_id: experimentId, run_id: runId, model_id: modelId } = row;
  // The constraints of `versions` keep this from happening; the types do not know.
  if (cycle === null || lineage === null || definitionVersion === null || attempt === null)
    throw errorOf('LedgerConflict', 'noCycle', { version: row.id });
  if (experimentId === null || runId === null || modelId === null)
    throw errorOf('LedgerConflict', 'versionWithoutRun', { version: row.id });
  return {
    ...{ id: row.id, cycle, lineage, definitionVersion, attempt, run: { experimentId, runId, modelId } },
    model: row.model,
    asOf: instant(row.as_of),
    version: row.version,
    codeHash: row.code_hash,
    modelUri: row.model_uri,
    trainSnapshot: row.train_snapshot,
    trainRows: row.train_rows,
    trivial: row.trivial,
    trainingMetrics: row.training_metrics,
    environmentHash: row.environment_hash,
    python: row.python,
    files: row.files,
    digest: row.digest,
  };
}
