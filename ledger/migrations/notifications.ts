import { type Kysely, sql } from 'kysely';

const notifications = `
create table reign.notifications (
  "id" text primary key default 'msg_' || replace(gen_random_uuid()::text, '-', ''),
  "model" text not null references reign.models,
  "cycle" text references reign.cycles,
  "event" text not null,
  "key" text not null,
  "facts" jsonb not null check (jsonb_typeof(facts) = 'object'),
  "endpoint" text not null,
  "at" timestamptz not null default clock_timestamp(),
  "state" text not null default 'pending' check (state in ('pending', 'delivered', 'undelivered')),
  "tries" integer not null default 0 check (tries >= 0),
  "first_tried_at" timestamptz,
  "tried_at" timestamptz,
  "next_try_at" timestamptz default clock_timestamp(),
  "reason" text,
  constraint notifications_next check ((next_try_at is not null) = (state = 'pending')),
  constraint notifications_once unique (model, event, key, endpoint)
);
create index notifications_due on reign.notifications (next_try_at) where state = 'pending';
create index notifications_undelivered on reign.notifications (at) where state = 'undelivered';
comment on table reign.notifications is
  'What endpoints are told about a model: written by triggers, in the transaction of what it is about. Nothing else adds one.';
comment on column reign.notifications."id" is 'Idempotency key: every try of it carries this.';
comment on column reign.notifications."model" is 'Which model.';
comment on column reign.notifications."cycle" is 'Which cycle, where it is about one.';
comment on column reign.notifications."event" is 'What happened: promoted, failed, waits-for-person and others.';
comment on column reign.notifications."key" is 'Which one: an endpoint is told once.';
comment on column reign.notifications."facts" is 'From the row that it is about; of it only numbers, times and names are sent.';
comment on column reign.notifications."endpoint" is 'Who is told, by name, as the settings of the definition said then.';
comment on column reign.notifications."at" is 'When it happened.';
comment on column reign.notifications."state" is
  'pending (it is tried, next at next_try_at), delivered, or undelivered (given up; a person may have it tried again).';
comment on column reign.notifications."tries" is 'How often it was tried, since somebody last asked to retry it.';
comment on column reign.notifications."first_tried_at" is 'When it was tried first, since somebody last asked to retry it.';
comment on column reign.notifications."tried_at" is 'When it was tried last.';
comment on column reign.notifications."next_try_at" is 'When it is tried next; null where it is not.';
comment on column reign.notifications."reason" is 'Why the last try failed.';
create trigger notifications_keep_rows before delete or truncate on reign.notifications
  for each statement execute function reign.refuse_change();

create function reign.guard_notification() returns trigger language plpgsql as $$
begin
  if old.state = 'delivered' then
    raise exception 'Notification % has been delivered, and does not change', old.id using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_notification() is 'What was delivered stays delivered.';
create trigger notifications_guard before update on reign.notifications
  for each row execute function reign.guard_notification();`;

/** As the owner of the tables: whoever works adds no notification but by what it is about. */
const announcing = `
create function reign.announce(about text, of_cycle text, happened text, once text, facts jsonb) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into reign.notifications (model, cycle, event, key, facts, endpoint)
  select about, of_cycle, happened, once, facts, rule ->> 'endpoint'
  from (select document from reign.definition_settings where model = about order by number desc limit 1) settings
  cross join lateral jsonb_path_query(
    document, 'lax $.notifications[*] ? (@.endpoint.type() == "string" && @.events[*] == $happened)',
    jsonb_build_object('happened', happened), true) rule
  on conflict do nothing
$$;
comment on function reign.announce(text, text, text, text, jsonb) is 'Writes down whom to tell that something happened.';
revoke execute on function reign.announce(text, text, text, text, jsonb) from public;

create function reign.announce_promotion() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform reign.announce(new.model, new.cycle, case new.kind when 'promotion' then 'promoted' else new.kind end,
    new.epoch::text, jsonb_build_object('epoch', new.epoch, 'version', new.version,
      'by', (select name from reign.actors where id = new.actor)));
  return null;
end $$;
comment on function reign.announce_promotion() is 'A new champion, a rollback, an override.';
create trigger promotions_announce after insert on reign.promotions
  for each row when (new.lineage = 'live') execute function reign.announce_promotion();

create function reign.announce_judgement() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform reign.announce(new.model, new.cycle, 'invalid', new.cycle || ' ' || new.attempt || ' ' || new.number,
    jsonb_build_object('number', new.number, 'version', new.challenger_version));
  return null;
end $$;
comment on function reign.announce_judgement() is 'A comparison that is broken.';
create trigger judgements_announce after insert on reign.judgements
  for each row when (new.lineage = 'live' and new.verdict ->> 'kind' = 'invalid')
  execute function reign.announce_judgement();

create function reign.announce_cycle() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and new.status = old.status and new.attempt = old.attempt then return null; end if;
  perform reign.announce(new.model, new.id, case new.status when 'failed' then 'failed' else 'schedule-missed' end,
    new.id || ' ' || new.attempt, jsonb_build_object('attempt', new.attempt, 'code', new.failure -> 'code',
      'step', new.failure -> 'step', 'asOf', to_char(new.as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
  return null;
end $$;
comment on function reign.announce_cycle() is 'A cycle that failed, or a nominal time that the schedule skipped.';
create trigger cycles_announce after insert or update on reign.cycles
  for each row when (new.lineage = 'live'
    and (new.status = 'failed' or new.status = 'skipped' and new.trigger = 'schedule'))
  execute function reign.announce_cycle();

create function reign.announce_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.cycle is null or (select lineage from reign.cycles where id = new.cycle) = 'live' then
    perform reign.announce(new.model, new.cycle, new.kind, new.id::text, new.detail);
  end if;
  return null;
end $$;
comment on function reign.announce_event() is 'What events record; what other tables record is announced from them.';
create trigger events_announce after insert on reign.events
  for each row when (new.kind not in ('promoted', 'rollback', 'override', 'invalid', 'failed')
    and jsonb_typeof(new.detail) = 'object')
  execute function reign.announce_event();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([notifications, announcing].join('\n')).execute(db);
}
