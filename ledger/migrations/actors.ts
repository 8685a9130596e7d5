import { type Kysely, sql } from 'kysely';

const actors = `
create table reign.actors (
  "id" text primary key,
  "kind" text not null check (kind in ('person', 'schedule', 'gate', 'program')),
  "name" text not null check (name ~ '^[^[:cntrl:][:space:]]([^[:cntrl:]]{0,198}[^[:cntrl:][:space:]])?$'),
  "authentication" text not null
    check (authentication in ('unknown', 'os-user', 'internal', 'session', 'token', 'oidc')),
  "release" text check (release ~ '^[^[:cntrl:][:space:]]{1,100}$'),
  "first_seen_at" timestamptz not null default clock_timestamp(),
  constraint actors_release check ((kind = 'gate') = (release is not null)),
  constraint actors_internal check ((kind in ('schedule', 'gate')) = (authentication = 'internal')),
  constraint actors_gate check (kind <> 'gate' or name = 'gate'),
  constraint actors_named check
    (id = case kind when 'gate' then 'gate@' || release else kind || ':' || name || '@' || authentication end)
);
comment on table reign.actors is 'Everybody and everything that ever changed something. Append-only.';
comment on column reign.actors."id" is
  'KIND:NAME@AUTHENTICATION, such as person:ada@os-user; of the gate gate@RELEASE.';
comment on column reign.actors."kind" is 'person, schedule, gate or program.';
comment on column reign.actors."name" is 'The name that was given: of a person, of a model whose schedule it is, of a program, or gate.';
comment on column reign.actors."authentication" is
  'How the name was established: unknown (an earlier release did not record it), os-user (the operating system''s user name: anybody can take one), internal (Reign itself), session, token or oidc.';
comment on column reign.actors."release" is
  'The release whose gate it is; earlier, where the release did not record it. Null for all others.';
comment on column reign.actors."first_seen_at" is 'When it first changed something.';
create trigger actors_append_only before update or delete or truncate on reign.actors
  for each statement execute function reign.refuse_change();`;

const requests = `
create table reign.requests (
  "id" bigint primary key generated always as identity,
  "operation" text not null check (operation ~ '^[a-z]+(-[a-z]+)*$'),
  "actor" text not null references reign.actors,
  "model" text references reign.models,
  "subject_kind" text not null check (subject_kind ~ '^[a-z]+(-[a-z]+)*$'),
  "subject" text not null check (subject ~ '[^[:space:]]'),
  "reason" text check (reason ~ '[^[:space:]]'),
  "idempotency_key" text check (length(idempotency_key) between 1 and 255),
  "content_hash" text check (content_hash ~ '^[0-9a-f]{64}$'),
  "at" timestamptz not null default clock_timestamp(),
  constraint requests_repeated check (idempotency_key is null or content_hash is not null),
  constraint requests_once unique (actor, idempotency_key),
  constraint requests_by_actor unique (id, actor)
);
create index requests_about on reign.requests (model, id);
create index requests_subject on reign.requests (subject_kind, subject);
comment on table reign.requests is 'What somebody asked Reign to change: who, what, about what and why. Append-only.';
comment on column reign.requests."id" is 'Order of asking.';
comment on column reign.requests."operation" is 'The operation, such as apply, retrain or cancel.';
comment on column reign.requests."actor" is 'Who asked.';
comment on column reign.requests."model" is 'The model that it is about; null where it is about the installation.';
comment on column reign.requests."subject_kind" is 'What the subject is: definition, cycle, version, ...';
comment on column reign.requests."subject" is 'What it is about, by id.';
comment on column reign.requests."reason" is 'Why, in the words of whoever asked.';
comment on column reign.requests."idempotency_key" is
  'Named by whoever asked: a request that is sent again with the same key is the same request.';
comment on column reign.requests."content_hash" is
  'sha256 over what was asked: the same key with another content is refused.';
comment on column reign.requests."at" is 'When it was recorded.';
create trigger requests_append_only before update or delete or truncate on reign.requests
  for each statement execute function reign.refuse_change();`;

/** What was changed names the request that it follows from. */
const backed = `
alter table reign.definitions add column request bigint references reign.requests;
comment on column reign.definitions.request is 'The request that applied it; null in earlier releases.';
alter table reign.attempts add column request bigint references reign.requests;
comment on column reign.attempts.request is
  'The request that led to this attempt; null in earlier releases, and where nobody in particular asked.';
alter table reign.events add column actor text references reign.actors, add column request bigint references reign.requests;
comment on column reign.events.actor is 'Who did it; null where it happened by itself, and in earlier releases.';
comment on column reign.events.request is 'The request that it follows from.';`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([actors, requests, backed].join('\n')).execute(db);
}
