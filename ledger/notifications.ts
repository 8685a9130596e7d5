import { type Kysely, sql } from 'kysely';
import { NotifiedFacts, type UndeliveredNotification } from '../schemas/notifications.ts';
import type { Database } from './database.ts';

/** Something that an endpoint is to be told. */
export interface Notification {
  /** Every try of it has the same one. */
  readonly id: string;
  readonly model: string;
  readonly cycle: string | null;
  readonly event: string;
  readonly endpoint: string;
  /** When it happened. */
  readonly at: string;
  readonly facts: NotifiedFacts;
}

/** One that somebody has set out to deliver. */
export interface ClaimedNotification extends Notification {
  /** Which try this is, from 1. */
  readonly tries: number;
}

/**
 * Takes what is due, the oldest first, and sets its next try before this one begins: whoever dies leaves it to that.
 * The pause is half a minute after the first try and doubles up to an hour, so no two tries overlap.
 */
export async function claimDue(db: Kysely<Database>, most: number): Promise<ClaimedNotification[]> {
  const rows = await db
    .updateTable('notifications')
    .set({
      tries: sql`tries + 1`,
      tried_at: sql`clock_timestamp()`,
      first_tried_at: sql`coalesce(first_tried_at, clock_timestamp())`,
      next_try_at: sql`clock_timestamp() + least(power(2, least(tries, 10)) * interval '30 seconds', interval '1 hour')`,
    })
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('notifications')
        .select('id')
        .where('state', '=', 'pending')
        .where('next_try_at', '<=', sql<string>`clock_timestamp()`)
        .orderBy('next_try_at')
        .limit(most)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'model', 'cycle', 'event', 'endpoint', 'at', 'facts', 'tries'])
    .execute();
  return rows.map((row) => ({ ...row, facts: NotifiedFacts.parse(row.facts) }));
}

/** It has arrived, whoever else is trying it meanwhile. */
export async function markDelivered(db: Kysely<Database>, id: string): Promise<void> {
  await db
    .updateTable('notifications')
    .set({ state: 'delivered', next_try_at: null, reason: null })
    .where('id', '=', id)
    .where('state', '!=', 'delivered')
    .execute();
}

/** It has not arrived. A day after its first try it is given up. A try that was overtaken by another changes nothing. */
export async function markFailed(
  db: Kysely<Database>,
  { id, tries }: Pick<ClaimedNotification, 'id' | 'tries'>,
  reason: string,
): Promise<void> {
  const over = sql<boolean>`next_try_at > first_tried_at + interval '1 day'`;
  await db
    .updateTable('notifications')
    .set({
      reason,
      state: sql`case when ${over} then 'undelivered' else 'pending' end`,
      next_try_at: sql`case when ${over} then null else next_try_at end`,
    })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('tries', '=', tries)
    .execute();
}

/** What has not arrived, the oldest first: given up, or failed at least once and still tried. */
export async function undeliveredNotifications(db: Kysely<Database>): Promise<UndeliveredNotification[]> {
  const rows = await db
    .selectFrom('notifications')
    .select(['id', 'model', 'cycle', 'event', 'endpoint', 'at', 'state', 'tries', 'next_try_at as nextTryAt', 'reason'])
    .where('state', 'in', ['pending', 'undelivered'])
    .where((where) => where.or([where('state', '=', 'undelivered'), where('tries', '>', 0)]))
    .orderBy('at')
    .execute();
  return rows.map((row) => ({ ...row, state: row.state === 'pending' ? 'pending' : 'undelivered' }));
}

/** Has those of `undeliveredNotifications` tried at once, for another day: all, or those of these ids. Gives their ids. */
export async function retryNotifications(db: Kysely<Database>, ids?: readonly string[]): Promise<string[]> {
  const retried = await db
    .updateTable('notifications')
    .set({ state: 'pending', tries: 0, first_tried_at: null, next_try_at: sql`clock_timestamp()` })
    .where('state', 'in', ['pending', 'undelivered'])
    .where((where) => where.or([where('state', '=', 'undelivered'), where('tries', '>', 0)]))
    .$if(ids !== undefined, (query) => query.where('id', 'in', ids ?? []))
    .returning('id')
    .execute();
  return retried.map(({ id }) => id);
}

/** Records that the deadline of a question to a person is near: a day before it, or at half time if that is later. */
export async function noteNearDeadlines(db: Kysely<Database>): Promise<void> {
  await sql`
    insert into reign.events (model, cycle, kind, key, detail)
    select cycles.model, cycles.id, 'deadline-near', question.key, question.detail - 'approvers'
    from reign.cycles
    cross join lateral (
      select key, detail, at, (detail ->> 'until')::timestamptz as until from reign.events
      where cycle = cycles.id and kind = 'waits-for-person' order by id desc limit 1
    ) question
    where status = 'waiting' and waits_for = 'person' and clock_timestamp() < until
      and clock_timestamp() >= until - least(interval '1 day', (until - question.at) / 2)
      and not exists (
        select from reign.events noted
        where noted.cycle = cycles.id and noted.kind = 'deadline-near' and noted.key = question.key)
    on conflict do nothing`.execute(db);
}
