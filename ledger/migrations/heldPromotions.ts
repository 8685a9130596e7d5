import { type Kysely, sql } from 'kysely';

const resumptions = `
alter table reign.promotions
  add column held_definition_version integer,
  add constraint promotions_held check (held_definition_version is null or kind = 'rollback'),
  add constraint promotions_held_definition foreign key (model, held_definition_version)
    references reign.definitions (model, version),
  add constraint promotions_of_kind unique (model, lineage, epoch, kind);
comment on column reign.promotions.held_definition_version is
  'rollback: the definition version that was the newest then. Promotions by it and by earlier ones need a person, until somebody resumes them. Null where an earlier release wrote the row.';

create table reign.resumptions (
  "model" text not null,
  "lineage" text not null,
  "epoch" integer not null,
  "kind" text not null generated always as ('rollback') stored,
  "reason" text not null check (reason ~ '[^[:space:]]'),
  "actor" text not null references reign.actors check (actor like 'person:%'),
  "request" bigint not null,
  "resumed_at" timestamptz not null default clock_timestamp(),
  primary key (model, lineage, epoch),
  constraint resumptions_rollback foreign key (model, lineage, epoch, kind)
    references reign.promotions (model, lineage, epoch, kind),
  constraint resumptions_request foreign key (request, actor) references reign.requests (id, actor)
);
comment on table reign.resumptions is
  'That the gate may promote again by itself after a rollback, and after every earlier one of the lineage. Append-only.';
comment on column reign.resumptions."model" is 'Which model.';
comment on column reign.resumptions."lineage" is 'Which line of champions.';
comment on column reign.resumptions."epoch" is 'The rollback.';
comment on column reign.resumptions."kind" is 'What that promotion is: a rollback.';
comment on column reign.resumptions."reason" is 'Why, in the words of the person.';
comment on column reign.resumptions."actor" is 'The person who said so.';
comment on column reign.resumptions."request" is 'The request by which they did.';
comment on column reign.resumptions."resumed_at" is 'When it was recorded.';
create trigger resumptions_append_only before update or delete or truncate on reign.resumptions
  for each statement execute function reign.refuse_change();`;

const guard = `
create function reign.guard_held_promotion() returns trigger language plpgsql as $$
declare
  holding reign.promotions;
begin
  new.held_definition_version :=
    case new.kind when 'rollback' then (select max(version) from reign.definitions where model = new.model) end;
  if new.kind <> 'promotion' or new.decision is not null then
    return new;
  end if;
  -- Only what came before: a rollback that took this very epoch is a conflict, which the cycle judges again.
  select * into holding from reign.promotions
    where model = new.model and lineage = new.lineage and kind = 'rollback' and epoch < new.epoch
    order by epoch desc limit 1;
  if holding.held_definition_version >= (select definition_version from reign.cycles where id = new.cycle)
     and not exists (select from reign.resumptions
                     where model = new.model and lineage = new.lineage and epoch >= holding.epoch) then
    raise exception 'Promotions of % need a person since the rollback of epoch % by %', new.model, holding.epoch,
      holding.promoted_by using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_held_promotion() is 'After a rollback the gate promotes nobody by itself, until a person says so.';
create trigger promotions_held before insert on reign.promotions
  for each row execute function reign.guard_held_promotion();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([resumptions, guard].join('\n')).execute(db);
}
