import { type Kysely, sql } from 'kysely';

const waiting = `
alter table reign.cycles
  drop constraint cycles_waits_for_check,
  add constraint cycles_waits_for_check check (waits_for in ('turn', 'person', 'data', 'fault')),
  add constraint cycles_waiting check (status <> 'waiting' or waits_for is not null) not valid;
comment on column reign.cycles.waits_for is
  'waiting: for its turn among the cycles of its lineage, for a person to decide, for data that is not there yet, or for a fault to be fixed (summary says which); null where it does not wait.';
comment on column reign.cycles.trigger is 'What asked for it first; the request of each attempt says who.';
comment on table reign.cycles is
  'One judged challenger of a model for one asOf. Settled (promoted, kept, superseded) is final; a skipped, failed or cancelled cycle may be opened again.';`;

/** As before, and: a skipped cycle may begin anew; what a cycle is about includes its kind; law 6. */
const guard = `
create or replace function reign.guard_cycle() returns trigger language plpgsql as $$
declare crowned boolean;
begin
  if tg_op = 'INSERT' then
    if new.status <> 'running' or new.attempt <> 1 then
      raise exception 'Cycle % must begin as running, attempt 1', new.id using errcode = 'RE001';
    end if;
    if new.trigger = 'backfill' and new.lineage = 'live' then
      raise exception 'Cycle %: a backfill never moves the live champion', new.id using errcode = 'RE001';
    end if;
    return new;
  end if;
  if (new.id, new.model, new.lineage, new.as_of, new.definition_version, new.trigger, new.kind)
     is distinct from (old.id, old.model, old.lineage, old.as_of, old.definition_version, old.trigger, old.kind)
     or (old.kind = 'challenge' and new.challenger is distinct from old.challenger) then
    raise exception 'What cycle % is about does not change', old.id using errcode = 'RE001';
  end if;
  if old.status in ('promoted', 'kept', 'superseded') or (old.status = 'skipped' and new.attempt = old.attempt) then
    raise exception 'Cycle % is settled (%)', old.id, old.status using errcode = 'RE001';
  end if;
  crowned := exists (select from reign.promotions where cycle = old.id);
  if (new.status = 'promoted' and not crowned)
     or (crowned and new.status <> 'promoted'
         and (new.status, new.attempt) is distinct from (old.status, old.attempt)) then
    raise exception 'Cycle %: status % contradicts its promotions', old.id, new.status using errcode = 'RE001';
  end if;
  if new.attempt <> old.attempt and (new.attempt <> old.attempt + 1 or new.status <> 'running') then
    raise exception 'Cycle %: attempt % does not follow %', old.id, new.attempt, old.attempt using errcode = 'RE001';
  end if;
  if old.status in ('failed', 'cancelled') and new.status <> old.status and not crowned
     and new.attempt = old.attempt then
    raise exception 'Cycle % ended as %: it goes on only as a new attempt', old.id, old.status using errcode = 'RE001';
  end if;
  return new;
end $$;`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([waiting, guard].join('\n')).execute(db);
}
