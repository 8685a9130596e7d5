import { type Kysely, sql } from 'kysely';

const retirements = `
create table reign.retirements (
  "id" bigint primary key generated always as identity,
  "model" text not null,
  "definition_version" integer not null,
  "reason" text not null check (reason ~ '[^[:space:]]'),
  "actor" text not null references reign.actors,
  "request" bigint not null,
  "retired_at" timestamptz not null default clock_timestamp(),
  foreign key (model, definition_version) references reign.definitions (model, version),
  constraint retirements_request foreign key (request, actor) references reign.requests (id, actor),
  constraint retirements_once unique (model, definition_version)
);
comment on table reign.retirements is
  'That a model is no longer retrained. What it has stays where it is. Append-only.';
comment on column reign.retirements."id" is 'Order of retiring.';
comment on column reign.retirements."model" is 'Which model.';
comment on column reign.retirements."definition_version" is
  'Its newest definition version then: a later version ends the retirement.';
comment on column reign.retirements."reason" is 'Why, in the words of whoever asked.';
comment on column reign.retirements."actor" is 'Who asked.';
comment on column reign.retirements."request" is 'The request by which they did.';
comment on column reign.retirements."retired_at" is 'When it was recorded.';
create trigger retirements_append_only before update or delete or truncate on reign.retirements
  for each statement execute function reign.refuse_change();

create function reign.guard_retirement() returns trigger language plpgsql as $$
begin
  -- Against a definition that is applied meanwhile.
  perform from reign.models where name = new.model for update;
  if new.definition_version is distinct from (select max(version) from reign.definitions where model = new.model) then
    raise exception 'Version % is not the newest of model %', new.definition_version, new.model using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_retirement() is 'A model is retired as of its newest definition version.';
create trigger retirements_guard before insert on reign.retirements
  for each row execute function reign.guard_retirement();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(retirements).execute(db);
}
