import { type Kysely, sql } from 'kysely';

const schedulePeriods = `
create table reign.schedule_periods (
  "model" text not null references reign.models,
  "valid_from" timestamptz not null,
  "valid_to" timestamptz,
  "spec" jsonb not null check (jsonb_typeof(spec) = 'object'),
  "time_zone" text not null,
  "paused" boolean not null,
  "opened_by" bigint not null references reign.requests,
  "closed_by" bigint references reign.requests,
  primary key (model, valid_from),
  constraint schedule_periods_length check (valid_to > valid_from),
  constraint schedule_periods_closed check ((valid_to is null) = (closed_by is null))
);
create unique index schedule_periods_open on reign.schedule_periods (model) where valid_to is null;
comment on table reign.schedule_periods is
  'By which schedule a model was retrained from when to when, and when it was paused: says later which nominal times there were. A period is closed once; nothing else changes.';
comment on column reign.schedule_periods."model" is 'Which model.';
comment on column reign.schedule_periods."valid_from" is 'From when on (belongs to it).';
comment on column reign.schedule_periods."valid_to" is 'Until when (does not belong to it); null: until now.';
comment on column reign.schedule_periods."spec" is 'The schedule as the definition had it: cron or interval, with what goes with it.';
comment on column reign.schedule_periods."time_zone" is 'IANA zone in which the spec is read.';
comment on column reign.schedule_periods."paused" is 'Whether it was paused: then its nominal times start nothing.';
comment on column reign.schedule_periods."opened_by" is 'The request that began it.';
comment on column reign.schedule_periods."closed_by" is 'The request that ended it.';
create trigger schedule_periods_keep_rows before delete or truncate on reign.schedule_periods
  for each statement execute function reign.refuse_change();

create function reign.guard_schedule_period() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.valid_to is not null or new.valid_to is null
       or to_jsonb(new) - '{valid_to,closed_by}'::text[] is distinct from to_jsonb(old) - '{valid_to,closed_by}'::text[] then
      raise exception 'A schedule period of % is closed once, and does not change', old.model using errcode = 'RE001';
    end if;
    return new;
  end if;
  -- Not two at once.
  perform from reign.models where name = new.model for no key update;
  if exists (select from reign.schedule_periods p
             where p.model = new.model and (p.valid_to is null or p.valid_to > new.valid_from)) then
    raise exception 'The schedule period of % from % overlaps another', new.model, new.valid_from using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_schedule_period() is 'Periods of a model follow each other.';
create trigger schedule_periods_guard before insert or update on reign.schedule_periods
  for each row execute function reign.guard_schedule_period();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(schedulePeriods).execute(db);
}
