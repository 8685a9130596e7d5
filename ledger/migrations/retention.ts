import { type Kysely, sql } from 'kysely';

const snapshotRemovals = `
create table reign.snapshot_removals (
  "id" bigint primary key generated always as identity,
  "content_hash" text not null references reign.snapshots,
  "model" text not null references reign.models,
  "retention" text not null,
  "last_used_at" timestamptz not null,
  "bytes" bigint check (bytes >= 0),
  "actor" text not null references reign.actors,
  "request" bigint,
  "removed_at" timestamptz not null default clock_timestamp(),
  constraint snapshot_removals_once unique (content_hash, model, last_used_at),
  constraint snapshot_removals_request foreign key (request, actor) references reign.requests (id, actor),
  constraint snapshot_removals_asked check (request is not null or actor like 'schedule:%')
);
comment on table reign.snapshot_removals is
  'That the features of a snapshot were deleted from the store because a retention had passed. Row ids and predictions stay there. Append-only.';
comment on column reign.snapshot_removals."id" is 'Order of writing.';
comment on column reign.snapshot_removals."content_hash" is 'The snapshot.';
comment on column reign.snapshot_removals."model" is
  'A model whose cycles used it. Models that share a snapshot have a row each: the last of their retentions has passed.';
comment on column reign.snapshot_removals."retention" is 'What the definition said: an ISO 8601 duration.';
comment on column reign.snapshot_removals."last_used_at" is 'When the last cycle of the model ended that used it.';
comment on column reign.snapshot_removals."bytes" is 'How much that freed; null where it was not in the store any more.';
comment on column reign.snapshot_removals."actor" is 'The schedule of the model, or who ran reign gc.';
comment on column reign.snapshot_removals."request" is 'The request by which they did; null for the schedule.';
comment on column reign.snapshot_removals."removed_at" is 'When it was recorded.';
create trigger snapshot_removals_append_only before update or delete or truncate on reign.snapshot_removals
  for each statement execute function reign.refuse_change();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(snapshotRemovals).execute(db);
}
