import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import { event } from './events.ts';

/** Which version MLflow's alias named when Reign last saw to it, and since when. */
export interface SeenAlias {
  /** Undefined: there was no alias. */
  readonly version: number | undefined;
  readonly since: string;
}

/** Undefined where no release that keeps this has seen to it yet. */
export async function seenAlias(db: Kysely<Database>, model: string): Promise<SeenAlias | undefined> {
  const row = await db
    .selectFrom('reconciliations')
    .select(['alias_version', 'alias_at'])
    .where('model', '=', model)
    .executeTakeFirst();
  if (row === undefined || row.alias_at === null) return undefined;
  return { version: row.alias_version ?? undefined, since: row.alias_at };
}

/** Keeps which version the alias names now. */
export async function storeSeenAlias(db: Kysely<Database>, model: string, version: number | undefined): Promise<void> {
  const seen = { alias_version: version ?? null, alias_at: sql<string>`clock_timestamp()` };
  await db
    .insertInto('reconciliations')
    .values({ model, ...seen })
    .onConflict((conflict) => conflict.column('model').doUpdateSet(seen))
    .execute();
}

/** Writes down, once, that somebody moved the alias since Reign saw to it. */
export async function noteAliasMoved(
  db: Kysely<Database>,
  model: string,
  moved: {
    readonly version: number | undefined;
    readonly champion: number | undefined;
    readonly seen: SeenAlias | undefined;
  },
): Promise<void> {
  const { version, champion, seen } = moved;
  await event(db, {
    ...{ model, cycle: null, kind: 'alias-moved' },
    detail: { version: version ?? null, champion: champion ?? null },
    key: `${version ?? 'none'} since ${seen?.since ?? 'ever'}`,
  });
}

/** Up to when every nominal time of a model was accounted for; undefined where none was checked. */
export async function timesCheckedTo(db: Kysely<Database>, model: string): Promise<string | undefined> {
  const row = await db.selectFrom('reconciliations').select('times_to').where('model', '=', model).executeTakeFirst();
  return row?.times_to ?? undefined;
}

/** Keeps it; of two at once the later time stays. */
export async function storeTimesCheckedTo(db: Kysely<Database>, model: string, time: string): Promise<void> {
  await db
    .insertInto('reconciliations')
    .values({ model, times_to: time })
    .onConflict((conflict) =>
      conflict.column('model').doUpdateSet({
        times_to: (eb) => eb.fn<string>('greatest', [eb.ref('reconciliations.times_to'), eb.ref('excluded.times_to')]),
      }),
    )
    .execute();
}

/** Names this installation where it shares a server with others. */
export async function installationId(db: Kysely<Database>): Promise<string> {
  const { id } = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  return id;
}
