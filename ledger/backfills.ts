import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { Actor, actorName } from '../schemas/actor.ts';
import type { Backfill, BackfillPlan, BackfillStatus } from '../schemas/backfill.ts';
import { cycleId } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { canonicalHash } from './canonicalHash.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { storeRequest } from './requests.ts';

/** What decides the outcome of a backfill. Two plans of the same hash lead to the same verdicts. */
export const planHash = ({ model, definitionVersion, origin, dates }: BackfillPlan): string =>
  canonicalHash({ model, definitionVersion, origin, dates: dates.map(({ asOf }) => asOf) });

/**
 * Stores a plan. Nothing begins by that.
 *
 * @param name of its line of champions. Default: backfill-1, backfill-2 and so on
 * @throws ReignError LedgerConflict where the model has a lineage or a backfill of that name
 */
export async function storePlan(
  db: Kysely<Database>,
  plan: BackfillPlan,
  { actor, name }: { readonly actor: Actor; readonly name?: string | undefined },
): Promise<Backfill> {
  return await db.transaction().execute(async (transaction) => {
    const { model } = plan;
    // One after the other: two at once get two names.
    await transaction.selectFrom('models').select('name').where('name', '=', model).forNoKeyUpdate().execute();
    const taken = await namesOf(transaction, model);
    if (name !== undefined && taken.has(name)) throw errorOf('LedgerConflict', 'lineageTaken', { model, name });
    const lineage = name ?? freeName(taken);
    const id = `${model}.${lineage}`;
    const asked = { operation: 'backfill-plan', actor, model, subject: { kind: 'backfill', id } };
    await transaction
      .insertInto('backfills')
      .values({
        ...{ id, model, lineage, every: plan.every, parallel: plan.parallel, origin: plan.origin },
        definition_version: plan.definitionVersion,
        as_of_from: plan.from,
        as_of_to: plan.to,
        stop_on_failure: plan.stopOnFailure,
        start_from: plan.startFrom,
        plan: JSON.stringify(plan),
        plan_hash: planHash(plan),
        planned_by: (await storeRequest(transaction, asked)).id,
      })
      .execute();
    return await existing(transaction, id);
  });
}

async function namesOf(db: Kysely<Database>, model: string): Promise<Set<string>> {
  const lineages = await db.selectFrom('lineages').select('name').where('model', '=', model).execute();
  const planned = await db.selectFrom('backfills').select('lineage as name').where('model', '=', model).execute();
  return new Set([...lineages, ...planned].map(({ name }) => name));
}

function freeName(taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) if (!taken.has(`backfill-${number}`)) return `backfill-${number}`;
}

/**
 * Starts what was planned: from here on its line of champions is there, and its dates. What was started before stays as
 * it is.
 *
 * @returns whether it was started by this call
 */
export async function startBackfill(
  db: Kysely<Database>,
  id: string,
  { actor, reason }: { readonly actor: Actor; readonly reason: string },
): Promise<boolean> {
  return await db.transaction().execute(async (transaction) => {
    const row = await lockBackfill(transaction, id);
    if (row.status !== 'planned') return false;
    const { model, lineage, origin, definition_version: definitionVersion } = row;
    const asked = { operation: 'backfill', actor, model, reason, subject: { kind: 'backfill', id } };
    const request = (await storeRequest(transaction, asked)).id;
    const parent = origin === null ? null : 'live';
    await transaction
      .insertInto('lineages')
      .values({ model, name: lineage, kind: 'backfill', origin, parent, request })
      .execute();
    const dates = row.plan.dates.map(({ asOf }, at) => ({
      ...{ backfill: id, number: at + 1, as_of: asOf },
      cycle: cycleId({ model, lineage, asOf, definitionVersion }),
    }));
    for (let first = 0; first < dates.length; first += datesAtOnce)
      await transaction
        .insertInto('backfill_dates')
        .values(dates.slice(first, first + datesAtOnce))
        .execute();
    await transaction
      .updateTable('backfills')
      .set({ status: 'running', request, reason, started_at: sql`clock_timestamp()` })
      .where('id', '=', id)
      .execute();
    return true;
  });
}

/** Postgres takes at most 65,535 parameters. */
const datesAtOnce = 1000;

/** Reads a backfill and keeps everyone else from changing it until the transaction ends. */
export async function lockBackfill(db: Transaction<Database>, id: string): Promise<Selectable<Database['backfills']>> {
  const row = await db.selectFrom('backfills').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  if (row === undefined) throw errorOf('BackfillUnknown', 'none', { id });
  return row;
}

/** Backfills that have not ended; a planned one has not begun. */
const unended: readonly BackfillStatus[] = ['running', 'paused'];

/**
 * A person pauses, resumes, cancels or retries a backfill. What was asked before changes nothing.
 *
 * @returns false where nothing changed
 * @throws ReignError UsageInvalid where it is not in a state in which that can be done
 */
export async function changeBackfill(
  db: Kysely<Database>,
  id: string,
  change: 'pause' | 'resume' | 'cancel' | 'retry',
  { actor, reason }: { readonly actor: Actor; readonly reason?: string | undefined },
): Promise<boolean> {
  return await db.transaction().execute(async (transaction) => {
    const { status, model, ended_at: endedAt } = await lockBackfill(transaction, id);
    const isUnended = unended.includes(status);
    const wanted = ({ pause: 'paused', resume: 'running', cancel: 'cancelled', retry: 'running' } as const)[change];
    if (change !== 'retry' && status === wanted) return false;
    const allowed = change === 'retry' ? status !== 'planned' && (isUnended || endedAt !== null) : isUnended;
    if (!allowed) throw errorOf('UsageInvalid', 'backfillState', { id, status, change });
    await storeRequest(transaction, {
      ...{ operation: `backfill-${change}`, actor, model, reason: reason ?? null },
      subject: { kind: 'backfill', id },
    });
    const summary = change === 'cancel' ? `Cancelled by ${actor.name}: ${reason ?? ''}` : null;
    await transaction
      .updateTable('backfills')
      .set({
        status: wanted,
        summary,
        ended_at: null,
        ...(change === 'retry' && { retried_at: sql`clock_timestamp()` }),
      })
      .where('id', '=', id)
      .execute();
    if (change === 'retry')
      await transaction.updateTable('backfill_dates').set({ unbegun: null }).where('backfill', '=', id).execute();
    return true;
  });
}

/** Records that a running backfill stops before its end: what still runs of it is asked to end. */
export async function stopBackfill(db: Kysely<Database>, id: string, summary: string): Promise<void> {
  await db
    .updateTable('backfills')
    .set({ status: 'failed', summary })
    .where('id', '=', id)
    .where('status', 'in', unended)
    .execute();
}

/** Records that nothing of a backfill runs any more. One that was not cancelled and did not stop is done. */
export async function endBackfill(db: Kysely<Database>, id: string, summary: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { status, summary: known, ended_at: endedAt } = await lockBackfill(transaction, id);
    if (endedAt !== null) return;
    const isDone = unended.includes(status);
    await transaction
      .updateTable('backfills')
      .set({
        status: isDone ? 'done' : status,
        summary: isDone ? summary : `${known ?? ''} ${summary}`.trim(),
        ended_at: sql`clock_timestamp()`,
      })
      .where('id', '=', id)
      .execute();
  });
}

/** By its id; undefined where there is none. */
export async function backfillById(db: Kysely<Database>, id: string): Promise<Backfill | undefined> {
  const row = await selectBackfills(db).where('backfills.id', '=', id).executeTakeFirst();
  return row && backfillOf(row);
}

/** That of a line of champions; undefined where it belongs to none. */
export const backfillOfLineage = (
  db: Kysely<Database>,
  { model, lineage }: { readonly model: string; readonly lineage: string },
): Promise<Backfill | undefined> => backfillById(db, `${model}.${lineage}`);

/** The newest first. */
export async function backfillsOf(db: Kysely<Database>, model: string | null): Promise<Backfill[]> {
  let query = selectBackfills(db).orderBy('planned_at', 'desc');
  if (model !== null) query = query.where('backfills.model', '=', model);
  return (await query.execute()).map(backfillOf);
}

/** Those that run or are paused, and those that somebody ended and whose last cycles run. */
export async function unendedBackfills(db: Kysely<Database>): Promise<Backfill[]> {
  const rows = await selectBackfills(db).where('status', '<>', 'planned').where('ended_at', 'is', null).execute();
  return rows.map(backfillOf);
}

/** What was planned, as it was stored. */
export async function planOf(db: Kysely<Database>, id: string): Promise<BackfillPlan> {
  const { plan } = await db.selectFrom('backfills').select('plan').where('id', '=', id).executeTakeFirstOrThrow();
  return plan;
}

/** Who started it. */
export async function starterOf(db: Kysely<Database>, id: string): Promise<Actor> {
  const { kind, name, authentication } = await db
    .selectFrom('backfills')
    .innerJoin('requests', 'requests.id', 'backfills.request')
    .innerJoin('actors', 'actors.id', 'requests.actor')
    .select(['actors.kind', 'actors.name', 'actors.authentication'])
    .where('backfills.id', '=', id)
    .executeTakeFirstOrThrow();
  return Actor.parse({ kind, name, authentication });
}

async function existing(db: Kysely<Database>, id: string): Promise<Backfill> {
  const found = await backfillById(db, id);
  if (found === undefined) throw errorOf('BackfillUnknown', 'none', { id });
  return found;
}

const selectBackfills = (db: Kysely<Database>) =>
  db
    .selectFrom('backfills')
    .leftJoin('requests', 'requests.id', 'backfills.request')
    .selectAll('backfills')
    .select('requests.actor');

function backfillOf(row: Selectable<Database['backfills']> & { readonly actor: string | null }): Backfill {
  return {
    id: row.id,
    model: row.model,
    lineage: row.lineage,
    definitionVersion: row.definition_version,
    from: instant(row.as_of_from),
    to: instant(row.as_of_to),
    every: row.every,
    parallel: row.parallel,
    stopOnFailure: row.stop_on_failure,
    startFrom: row.start_from,
    origin: row.origin,
    planHash: row.plan_hash,
    status: row.status,
    by: row.actor === null ? null : actorName(row.actor),
    reason: row.reason,
    summary: row.summary,
    plannedAt: row.planned_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
