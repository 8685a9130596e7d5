import type { Kysely, Selectable } from 'kysely';
import { ReignError } from '../schemas/errors.ts';
import type { FitResult, TrackedRun } from '../schemas/payloads.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { lockCycle } from './lockCycle.ts';

/** What a cycle fitted. The nulls are not known yet: first the run is named, then the fit, then the version. */
export interface VersionRow {
  readonly cycle: string;
  readonly model: string;
  readonly lineage: string;
  readonly asOf: string;
  /** In the MLflow registry. */
  readonly version: number | null;
  readonly run: TrackedRun;
  readonly definitionVersion: number;
  readonly codeHash: string | null;
  /** The attempt of the cycle that fitted it. */
  readonly attempt: number | null;
  readonly modelUri: string | null;
  readonly trainSnapshot: string | null;
  readonly trainRows: number | null;
  readonly trivial: FitResult['trivial'] | null;
  readonly trainingMetrics: FitResult['trainingMetrics'] | null;
  readonly environmentHash: string | null;
  readonly python: string | null;
}

/** The version of a cycle, or the one with a number in the registry. */
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

/** Names where the cycle's fit writes in MLflow, once for all attempts. The answer is what was named first. */
export async function nameRun(db: Kysely<Database>, cycle: string, run: TrackedRun): Promise<TrackedRun> {
  await db
    .insertInto('versions')
    .columns(['cycle', 'model', 'lineage', 'definition_version', 'code_hash', 'experiment_id', 'run_id', 'model_id'])
    .expression(({ selectFrom, val }) =>
      selectFrom('cycles')
        .innerJoin('definitions', (join) =>
          join
            .onRef('definitions.model', '=', 'cycles.model')
            .onRef('definitions.version', '=', 'cycles.definition_version'),
        )
        .where('cycles.id', '=', cycle)
        .select(['cycles.id', 'cycles.model', 'cycles.lineage', 'definitions.version', 'definitions.code_hash'])
        .select([
          val(run.experimentId).as('experiment_id'),
          val(run.runId).as('run_id'),
          val(run.modelId).as('model_id'),
        ]),
    )
    .onConflict((conflict) => conflict.column('cycle').doNothing())
    .execute();
  return (await existing(db, cycle)).run;
}

/**
 * Stores what the fit gave. Within an attempt the first stays (a repeated fit gives the same); a later attempt that
 * fitted anew replaces it. The training snapshot is the one that the cycle has named.
 */
export async function nameFit(db: Kysely<Database>, cycle: string, fit: FitResult): Promise<VersionRow> {
  await db.transaction().execute(async (transaction) => {
    const { attempt, train_snapshot } = await lockCycle(transaction, cycle);
    if (train_snapshot === null)
      throw new ReignError('LedgerConflict', `Cycle ${cycle} has named no training snapshot`);
    await transaction
      .updateTable('versions')
      .set({
        attempt,
        model_uri: fit.modelUri,
        train_snapshot,
        train_rows: fit.rows,
        trivial: JSON.stringify(fit.trivial),
        training_metrics: JSON.stringify(fit.trainingMetrics),
        environment_hash: fit.environmentHash,
        python: fit.python,
      })
      .where('cycle', '=', cycle)
      .where((version) => version.or([version('attempt', 'is', null), version('attempt', '<', attempt)]))
      .execute();
  });
  return await existing(db, cycle);
}

/**
 * Names the cycle's version in the registry, once for all attempts: the answer is what was named first. Offer the lowest
 * that MLflow has for the cycle, so that all who race offer the same.
 */
export async function nameVersion(db: Kysely<Database>, cycle: string, version: number): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    const { challenger_version } = await lockCycle(transaction, cycle);
    const known = await transaction
      .selectFrom('versions')
      .select('version')
      .where('cycle', '=', cycle)
      .executeTakeFirst();
    if (known?.version == null) {
      await transaction.updateTable('versions').set({ version }).where('cycle', '=', cycle).execute();
    }
    const named = known?.version ?? version;
    if (challenger_version === null) {
      await transaction.updateTable('cycles').set({ challenger_version: named }).where('id', '=', cycle).execute();
    }
    return named;
  });
}

async function existing(db: Kysely<Database>, cycle: string): Promise<VersionRow> {
  const version = await versionOf(db, { cycle });
  if (version === undefined) throw new ReignError('CycleUnknown', `There is no cycle ${cycle} that has named a run`);
  return version;
}

function versionRow(row: Selectable<Database['versions']> & { as_of: string }): VersionRow {
  return {
    cycle: row.cycle,
    model: row.model,
    lineage: row.lineage,
    asOf: instant(row.as_of),
    version: row.version,
    run: { experimentId: row.experiment_id, runId: row.run_id, modelId: row.model_id },
    definitionVersion: row.definition_version,
    codeHash: row.code_hash,
    attempt: row.attempt,
    modelUri: row.model_uri,
    trainSnapshot: row.train_snapshot,
    trainRows: row.train_rows,
    trivial: row.trivial,
    trainingMetrics: row.training_metrics,
    environmentHash: row.environment_hash,
    python: row.python,
  };
}
