import { type Kysely, sql, type Transaction } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import { before, instantOf } from '../schemas/durations.ts';
import { storeActor } from './actors.ts';
import type { Database } from './database.ts';
import { readSettings } from './definitionSettings.ts';
import { event } from './events.ts';

/** What a model's retention says about a snapshot that its cycles used. */
export interface ExpiredUse {
  readonly model: string;
  /** As the definition says it. */
  readonly retention: string;
  /** When the last cycle of the model ended that used it. */
  readonly lastUsedAt: string;
}

/** A snapshot whose features are kept no longer, by every model that used it. */
export interface ExpiredSnapshot {
  readonly hash: string;
  readonly rows: number;
  readonly uses: readonly ExpiredUse[];
  /** Whether the ledger has it already that they were removed. */
  readonly recorded: boolean;
}

/** How many bytes a removal freed; null where nothing was there any more. */
export type Freed = number | null | 'stays';

/**
 * The snapshots whose features are kept no longer: every cycle that used one has ended, so long ago that the retention of
 * its model has passed. A challenge also uses the rows that its version was fitted on. Where a model that used it has no retention, a snapshot stays.
 *
 * @param hash only this one
 */
export async function expiredSnapshots(db: Kysely<Database>, now: Date, hash?: string): Promise<ExpiredSnapshot[]> {
  const rules = await retentionRules(db, now);
  if (rules.length === 0) return [];
  const chosen = hash === undefined ? sql`true` : sql`s.content_hash = ${hash}`;
  const { rows } = await sql<{ hash: string; rows: number; uses: ExpiredUse[]; recorded: boolean }>`
    with rules as (
      select * from jsonb_to_recordset(${JSON.stringify(rules)}::jsonb) as r(model text, retention text, before timestamptz)),
    named as (
      select content_hash, cycle from reign.cycle_snapshots
      union all select v.train_snapshot, c.id from reign.versions v join reign.cycles c on c.challenger = v.id
      where v.cycle is null and v.train_snapshot is not null),
    used as (
      select s.content_hash, c.model, date_trunc('milliseconds', max(c.ended_at)) as last, bool_and(c.ended_at is not null) as ended
      from named s join reign.cycles c on c.id = s.cycle
      where ${chosen} and not exists (
        select from reign.deletions d where d.model = c.model and d.definition_version >= c.definition_version)
      group by s.content_hash, c.model)
    select u.content_hash as hash, min(n.rows) as rows,
      jsonb_agg(jsonb_build_object('model', u.model, 'retention', r.retention, 'lastUsedAt', u.last) order by u.model) as uses,
      bool_and(exists (select from reign.snapshot_removals m
        where (m.content_hash, m.model, m.last_used_at) = (u.content_hash, u.model, u.last))) as recorded
    from used u join reign.snapshots n on n.content_hash = u.content_hash left join rules r on r.model = u.model
    group by u.content_hash having bool_and(coalesce(u.ended and u.last < r.before, false))
    order by max(u.last), u.content_hash`.execute(db);
  return rows.map(({ uses, ...row }) => ({
    ...row,
    uses: uses.map((use) => ({ ...use, lastUsedAt: new Date(use.lastUsedAt).toISOString() })),
  }));
}

/**
 * Removes the features of a snapshot by `remove`, and writes down for every model that used it that they went. No cycle of
 * these models begins meanwhile: it would find the snapshot stored, and then gone.
 *
 * @param remove says what came of it; where it says `stays` nothing is written down
 * @param actorOf who removes it, for a model; with the request by which they do
 * @returns `stays` also where the snapshot is needed again, or may be in a moment
 */
export async function removeExpired(
  db: Kysely<Database>,
  { hash, rows, uses }: ExpiredSnapshot,
  now: Date,
  actorOf: (model: string) => { readonly actor: Actor; readonly request: number | null },
  remove: () => Promise<Freed>,
): Promise<Freed> {
  const models = uses.map(({ model }) => model);
  return await db.transaction().execute(async (transaction) => {
    await transaction
      .selectFrom('models')
      .select('name')
      .where('name', 'in', models)
      .orderBy('name')
      .forUpdate()
      .execute();
    // First who may be about to name it, then who has: one that names it in between is among the second.
    if (await isAboutToExtract(transaction, models)) return 'stays';
    const [still] = await expiredSnapshots(transaction, now, hash);
    if (still === undefined) return 'stays';
    const bytes = await remove();
    if (bytes === 'stays') return bytes;
    for (const { model, retention, lastUsedAt } of still.uses) {
      const { actor, request } = actorOf(model);
      const written = await transaction
        .insertInto('snapshot_removals')
        .values({
          ...{ content_hash: hash, model, retention, last_used_at: lastUsedAt, bytes, request },
          actor: await storeActor(transaction, actor),
        })
        .onConflict((conflict) => conflict.columns(['content_hash', 'model', 'last_used_at']).doNothing())
        .returning('id')
        .executeTakeFirst();
      if (written !== undefined)
        await event(transaction, {
          ...{ model, cycle: null, kind: 'features-removed' },
          detail: { snapshot: hash, rows, retention, lastUsedAt },
        });
    }
    return bytes;
  });
}

/** The last removal of a snapshot's features that a model's retention led to. */
export async function lastRemoval(
  db: Kysely<Database>,
  model: string,
  hash: string,
): Promise<{ readonly retention: string; readonly removedAt: string } | undefined> {
  const row = await db
    .selectFrom('snapshot_removals')
    .select(['retention', 'removed_at'])
    .where('model', '=', model)
    .where('content_hash', '=', hash)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { retention: row.retention, removedAt: row.removed_at };
}

/** What every model's settings say, and before when a cycle must have ended. */
async function retentionRules(db: Kysely<Database>, now: Date) {
  const settings = await db
    .selectFrom('definition_settings')
    .distinctOn('model')
    .select(['model', 'document'])
    .orderBy('model')
    .orderBy('number', 'desc')
    .execute();
  return settings.flatMap(({ model, document }) => {
    const retention = readSettings(document).retention?.features;
    return retention === undefined ? [] : [{ model, retention, before: before(instantOf(now.getTime()), [retention]) }];
  });
}

/**
 * Whether a cycle of these models may extract at any moment: it has named no snapshots yet, and does not wait for its turn
 * or for rows.
 */
async function isAboutToExtract(db: Transaction<Database>, models: readonly string[]): Promise<boolean> {
  const row = await db
    .selectFrom('cycles')
    .select('id')
    .where('model', 'in', models)
    .where('ended_at', 'is', null)
    .where(({ or, eb }) => or([eb('waits_for', 'is', null), eb('waits_for', '=', 'fault')]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('cycle_snapshots')
            .select('purpose')
            .whereRef('cycle_snapshots.cycle', '=', 'cycles.id')
            .whereRef('cycle_snapshots.attempt', '=', 'cycles.attempt'),
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
