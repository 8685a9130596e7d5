import { type Kysely, sql } from 'kysely';

const temporalNamespaces = `
create table reign.temporal_namespaces (
  "number" integer primary key check (number > 0),
  "namespace_id" text not null,
  "name" text not null,
  "request" bigint references reign.requests,
  "recorded_at" timestamptz not null default clock_timestamp(),
  constraint temporal_namespaces_moved check ((number = 1) = (request is null))
);
comment on table reign.temporal_namespaces is
  'Which namespace of Temporal runs the cycles of this ledger; the highest number is in force. Append-only.';
comment on column reign.temporal_namespaces."number" is 'Counts from 1, without gaps.';
comment on column reign.temporal_namespaces."namespace_id" is
  'What Temporal drew for it: a namespace of the same name elsewhere has another one.';
comment on column reign.temporal_namespaces."name" is 'What it was called then.';
comment on column reign.temporal_namespaces."request" is
  'Who said that Temporal was moved; null for the first, which the first worker recorded.';
comment on column reign.temporal_namespaces."recorded_at" is 'When it was recorded.';
create trigger temporal_namespaces_append_only before update or delete or truncate on reign.temporal_namespaces
  for each statement execute function reign.refuse_change();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(temporalNamespaces).execute(db);
}
