import type { Kysely, Selectable } from 'kysely';
import type { Cycle } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Window } from '../schemas/primitives.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { type NamedSnapshot, namedSnapshots } from './snapshots.ts';
import { primaryResultOf } from './storedPrimary.ts';

export async function cycleById(db: Kysely<Database>, id: string): Promise<Cycle | undefined> {
  const row = await db.selectFrom('cycles').selectAll().where('id', '=', id).executeTakeFirst();
  return row && cycleOf(row);
}

/** The cycles of a model, the newest asOf first; of one asOf the newest definition version first. */
export async function cyclesOf(
  db: Kysely<Database>,
  model: string,
  options: { lineage?: string; asOf?: string; limit?: number } = {},
): Promise<Cycle[]> {
  let query = db
    .selectFrom('cycles')
    .selectAll()
    .where('model', '=', model)
    .orderBy('as_of', 'desc')
    .orderBy('definition_version', 'desc')
    .orderBy('lineage')
    .limit(options.limit ?? 1000);
  if (options.lineage !== undefined) query = query.where('lineage', '=', options.lineage);
  if (options.asOf !== undefined) query = query.where('as_of', '=', options.asOf);
  return (await query.execute()).map(cycleOf);
}

/** The lines of champions in which a model has cycles, by name. */
export async function lineagesWithCycles(db: Kysely<Database>, model: string): Promise<string[]> {
  const rows = await db
    .selectFrom('cycles')
    .select('lineage')
    .distinct()
    .where('model', '=', model)
    .orderBy('lineage')
    .execute();
  return rows.map(({ lineage }) => lineage);
}

/** For which asOf in [from, to] the live lineage of a model was retrained, by whichever definition version. */
export async function knownTimes(
  db: Kysely<Database>,
  model: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('cycles')
    .select('as_of')
    .distinct()
    .where('model', '=', model)
    .where('lineage', '=', 'live')
    .where('kind', '=', 'retrain')
    .where('as_of', '>=', from)
    .where('as_of', '<=', to)
    .execute();
  return new Set(rows.map(({ as_of }) => instant(as_of)));
}

/** The challenges of a version, the newest asOf first. */
export async function challengesOf(db: Kysely<Database>, challenger: string): Promise<Cycle[]> {
  const rows = await db
    .selectFrom('cycles')
    .selectAll()
    .where('challenger', '=', challenger)
    .where('kind', '=', 'challenge')
    .orderBy('as_of', 'desc')
    .orderBy('definition_version', 'desc')
    .execute();
  return rows.map(cycleOf);
}

/** The cycles of all models that have not ended, the oldest first. */
export async function unendedCycles(db: Kysely<Database>): Promise<Cycle[]> {
  const rows = await db
    .selectFrom('cycles')
    .selectAll()
    .where('status', 'in', ['running', 'waiting'])
    .orderBy('started_at')
    .execute();
  return rows.map(cycleOf);
}

/** The last cycle before `asOf` that came to a judgement, with its snapshots: what a new extract is compared with. */
export async function previousCycle(
  db: Kysely<Database>,
  model: string,
  lineage: string,
  asOf: string,
): Promise<{ cycle: Cycle; snapshots: NamedSnapshot[] } | undefined> {
  const row = await db
    .selectFrom('cycles')
    .selectAll()
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .where('as_of', '<', asOf)
    .where('status', 'in', ['promoted', 'kept', 'superseded'])
    .orderBy('as_of', 'desc')
    .orderBy('definition_version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { cycle: cycleOf(row), snapshots: await namedSnapshots(db, row.id) };
}

/** The windows that a cycle claimed. */
export async function windowsOfCycle(db: Kysely<Database>, id: string): Promise<{ train: Window; holdout: Window }> {
  const row = await db
    .selectFrom('cycles')
    .select(['train_from', 'train_to', 'holdout_from', 'holdout_to'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  // Only a challenge has no training window of its own, and nobody asks for it.
  if (row.train_from === null || row.train_to === null) throw errorOf('LedgerConflict', 'noTrainWindow', { cycle: id });
  return {
    train: { from: instant(row.train_from), to: instant(row.train_to) },
    holdout: { from: instant(row.holdout_from), to: instant(row.holdout_to) },
  };
}

export function cycleOf(row: Selectable<Database['cycles']>): Cycle {
  return {
    id: row.id,
    model: row.model,
    lineage: row.lineage,
    asOf: instant(row.as_of),
    definitionVersion: row.definition_version,
    kind: row.kind,
    trigger: row.trigger,
    status: row.status,
    waitsFor: row.waits_for,
    attempt: row.attempt,
    verdict: row.verdict,
    summary: row.summary,
    challenger: row.challenger_version,
    champion: row.champion_version,
    primary: primaryResultOf(row.primary_result),
    rows: { train: row.train_rows, holdout: row.holdout_rows, judged: row.judged_rows },
    snapshots: { train: row.train_snapshot, holdout: row.holdout_snapshot },
    evidence: row.evidence,
    failure: row.failure,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
