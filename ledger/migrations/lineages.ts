import { type Kysely, sql } from 'kysely';

const lineages = `
create table reign.lineages (
  "model" text not null references reign.models,
  "name" text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  "kind" text not null check (kind in ('live', 'backfill', 'replay')),
  "parent" text,
  "origin" text,
  "policy" jsonb,
  "request" bigint references reign.requests,
  "created_at" timestamptz not null default clock_timestamp(),
  primary key (model, name),
  foreign key (model, parent) references reign.lineages (model, name),
  constraint lineages_live check ((kind = 'live') = (name = 'live')),
  constraint lineages_live_begins_alone check (kind <> 'live' or (parent is null and origin is null)),
  constraint lineages_replay check ((kind = 'replay') = (policy is not null) and (kind <> 'replay' or parent is not null))
);
comment on table reign.lineages is
  'Every line of champions: the live one of each model, one for each backfill, one for each replay of another policy. Append-only.';
comment on column reign.lineages."model" is 'Which model.';
comment on column reign.lineages."name" is 'Its name, as ids of cycles have it: live for the live one.';
comment on column reign.lineages."kind" is
  'live; backfill (what would have reigned, fitted anew over a stretch of the past); replay (the same fits judged by another policy).';
comment on column reign.lineages."parent" is 'The lineage that it varies: what a replay replays, what a backfill started from.';
comment on column reign.lineages."origin" is 'The version that reigns before its first promotion; null: nobody.';
comment on column reign.lineages."policy" is 'replay: the policy that judges instead of the definition''s.';
comment on column reign.lineages."request" is 'The request that began it; null for a live one.';
comment on column reign.lineages."created_at" is 'When it began.';
insert into reign.lineages (model, name, kind, created_at)
  select name, 'live', 'live', created_at from reign.models
  union all
  select model, lineage, 'backfill', min(started_at) from reign.cycles where lineage <> 'live' group by model, lineage;
create trigger lineages_append_only before update or delete or truncate on reign.lineages
  for each statement execute function reign.refuse_change();`;

/** A model has its live lineage from the start. */
const live = `
create function reign.begin_live_lineage() returns trigger language plpgsql as $$
begin
  insert into reign.lineages (model, name, kind) values (new.name, 'live', 'live');
  return null;
end $$;
comment on function reign.begin_live_lineage() is 'Gives every model its live lineage.';
create trigger models_live_lineage after insert on reign.models
  for each row execute function reign.begin_live_lineage();
alter table reign.cycles add constraint cycles_lineage foreign key (model, lineage) references reign.lineages (model, name);
alter table reign.promotions add constraint promotions_lineage foreign key (model, lineage) references reign.lineages (model, name);`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([lineages, live].join('\n')).execute(db);
}
