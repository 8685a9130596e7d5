import { type Kysely, sql } from 'kysely';

const deletions = `
create table reign.deletions (
  "id" bigint primary key generated always as identity,
  "model" text not null,
  "definition_version" integer not null,
  "forced" boolean not null,
  "reason" text not null check (reason ~ '[^[:space:]]'),
  "actor" text not null references reign.actors,
  "request" bigint not null,
  "deleted_at" timestamptz not null default clock_timestamp(),
  foreign key (model, definition_version) references reign.definitions (model, version),
  constraint deletions_request foreign key (request, actor) references reign.requests (id, actor),
  constraint deletions_once unique (model, definition_version)
);
comment on table reign.deletions is
  'That a model was deleted: what MLflow and the store had of it is gone, its history stays here. Append-only.';
comment on column reign.deletions."id" is 'Order of deleting.';
comment on column reign.deletions."model" is 'Which model.';
comment on column reign.deletions."definition_version" is
  'Its newest definition version then: everything up to this version is deleted. A later one begins the model anew.';
comment on column reign.deletions."forced" is 'Whether it was deleted although a version of it had been promoted.';
comment on column reign.deletions."reason" is 'Why, in the words of whoever asked.';
comment on column reign.deletions."actor" is 'Who asked.';
comment on column reign.deletions."request" is 'The request by which they did.';
comment on column reign.deletions."deleted_at" is 'When it was recorded.';
create trigger deletions_append_only before update or delete or truncate on reign.deletions
  for each statement execute function reign.refuse_change();`;

const guards = `
create function reign.guard_deletion() returns trigger language plpgsql as $$
declare unended text;
begin
  -- Against a definition that is applied, and a cycle that begins, meanwhile.
  perform from reign.models where name = new.model for update;
  if new.definition_version is distinct from (select max(version) from reign.definitions where model = new.model) then
    raise exception 'Version % is not the newest of model %', new.definition_version, new.model using errcode = 'RE001';
  end if;
  select id into unended from reign.cycles where model = new.model and status in ('running', 'waiting') limit 1;
  if unended is not null then
    raise exception 'Model %: cycle % has not ended', new.model, unended using errcode = 'RE001';
  end if;
  if not new.forced and exists (select from reign.promotions where model = new.model) then
    raise exception 'Model % has had a champion: its deletion has to be forced', new.model using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_deletion() is 'Which models may be deleted.';
create trigger deletions_guard before insert on reign.deletions
  for each row execute function reign.guard_deletion();

create function reign.guard_deleted() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.attempt = old.attempt then return new; end if;
  perform from reign.models where name = new.model for key share;
  if exists (select from reign.deletions where model = new.model and definition_version >= new.definition_version) then
    raise exception 'Model % was deleted: cycle % does not begin', new.model, new.id using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_deleted() is 'No cycle of a deleted model begins, and no new attempt of one.';
create trigger cycles_not_deleted before insert or update on reign.cycles
  for each row execute function reign.guard_deleted();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([deletions, guards].join('\n')).execute(db);
}
