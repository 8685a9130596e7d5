import { type Kysely, sql } from 'kysely';

/** Columns that repeat others are filled once, under the eyes of nobody but the owner. */
const unguarded = `
alter table reign.versions disable trigger user;
alter table reign.cycles disable trigger user;
alter table reign.judgements disable trigger user;
alter table reign.promotions disable trigger user;
alter table reign.error_charges disable trigger user;`;

const guarded = unguarded.replaceAll('disable trigger', 'enable trigger');

const released = `
alter table reign.judgements
  drop constraint judgements_cycle_challenger_version_fkey,
  drop constraint judgements_model_lineage_reigning_epoch_champion_version_fkey,
  drop constraint judgements_check;
alter table reign.promotions
  drop constraint promotions_cycle_judgement_number_judged_epoch_version_req_fkey,
  drop constraint promotions_model_lineage_epoch_version_key,
  alter column version drop not null;
alter table reign.judgements
  drop constraint judgements_cycle_number_epoch_challenger_version_verdict_ki_key,
  alter column challenger_version drop not null;`;

const versions = `
alter table reign.versions
  drop constraint versions_pkey,
  drop constraint versions_check,
  drop constraint versions_cycle_version_key,
  alter column cycle drop not null,
  alter column lineage drop not null,
  alter column definition_version drop not null,
  alter column attempt drop not null,
  alter column experiment_id drop not null,
  alter column run_id drop not null,
  alter column model_id drop not null,
  add column id text,
  add column origin text check (origin in ('cycle', 'backfill', 'notebook')),
  add column train_from timestamptz,
  add column train_to timestamptz,
  add column registered_at timestamptz,
  add column request bigint references reign.requests;
update reign.versions v set
  id = v.cycle,
  origin = case when v.lineage = 'live' then 'cycle' else 'backfill' end,
  train_from = c.train_from,
  train_to = c.train_to
from reign.cycles c where c.id = v.cycle;
alter table reign.versions
  alter column id set not null,
  alter column origin set not null,
  add primary key (id),
  add constraint versions_cycle_key unique (cycle),
  add constraint versions_id_model_key unique (id, model),
  add constraint versions_id_version_key unique (id, version),
  add constraint versions_of_cycle check (cycle is null or (id = cycle and lineage is not null
    and definition_version is not null and attempt is not null and experiment_id is not null and run_id is not null
    and model_id is not null and train_from is not null and train_to is not null
    and (model_uri is null) = (train_snapshot is null) and (model_uri is null) = (environment_hash is null))),
  add constraint versions_from_outside check (cycle is not null or (attempt is null and lineage is null
    and version is not null and model_uri is not null and digest is not null and registered_at is not null
    and request is not null)),
  add constraint versions_origin check ((cycle is null) = (origin = 'notebook')),
  add constraint versions_live check (origin = 'notebook' or (origin = 'cycle') = (lineage = 'live')),
  add constraint versions_trained check ((train_from is null) = (train_to is null) and train_from < train_to);
comment on table reign.versions is
  'Every fitted version, and where MLflow keeps it: what a cycle fitted (one a cycle: a new attempt begins it anew until it was judged), and what a person registered.';
comment on column reign.versions.id is 'The id of the cycle that fitted it; MODEL.registered.N for one that a person registered as version N.';
comment on column reign.versions.origin is
  'cycle (of the live lineage), backfill (of any other) or notebook (fitted outside of Reign and registered by a person).';
comment on column reign.versions.cycle is 'The cycle that fitted it; null where none did.';
comment on column reign.versions.lineage is 'The line of champions of its cycle; null where no cycle fitted it.';
comment on column reign.versions.version is
  'The version in the MLflow registry; null until it is registered, which a version of a backfill is only when it is adopted.';
comment on column reign.versions.definition_version is 'The version of the definition it was fitted by; null where a notebook fitted it.';
comment on column reign.versions.attempt is 'The attempt that opened the run; null where no cycle fitted it.';
comment on column reign.versions.train_from is 'Begin of the window it was fitted on (belongs to it); null where nobody knows.';
comment on column reign.versions.train_to is 'End of that window (does not belong to it); null where nobody knows.';
comment on column reign.versions.registered_at is
  'When it was registered, where no cycle fitted it: rows after that cannot have chosen it.';
comment on column reign.versions.request is 'The request that registered it, where no cycle fitted it.';
alter table reign.lineages add constraint lineages_origin foreign key (origin, model) references reign.versions (id, model);`;

/** As before, and: what came from outside stays; a version of a backfill gets its number when it is adopted. */
const versionGuard = `
create or replace function reign.guard_version() returns trigger language plpgsql as $$
declare fitting reign.cycles;
begin
  if tg_op = 'INSERT' then
    select * into fitting from reign.cycles where id = new.cycle;
    if new.cycle is not null and (new.train_from, new.train_to) is distinct from (fitting.train_from, fitting.train_to) then
      raise exception 'The version of cycle % was fitted on another window than the cycle''s', new.cycle using errcode = 'RE001';
    end if;
    return new;
  end if;
  if new is not distinct from old then
    return new;
  end if;
  if old.cycle is null then
    raise exception 'Version % was registered as it is: it does not change', old.id using errcode = 'RE001';
  end if;
  if (new.id, new.cycle, new.model, new.lineage, new.definition_version, new.code_hash, new.origin, new.train_from, new.train_to, new.request)
     is distinct from (old.id, old.cycle, old.model, old.lineage, old.definition_version, old.code_hash, old.origin, old.train_from, old.train_to, old.request)
     or new.attempt < old.attempt then
    raise exception 'What the version of cycle % is about does not change', old.cycle using errcode = 'RE001';
  end if;
  if old.origin = 'backfill' and old.version is null and old.model_uri is not null and new.version is not null
     and to_jsonb(new) - '{version,registered_at}'::text[] = to_jsonb(old) - '{version,registered_at}'::text[] then
    return new;
  end if;
  if (new.attempt, new.experiment_id, new.run_id, new.model_id)
     is distinct from (old.attempt, old.experiment_id, old.run_id, old.model_id) then
    if new.model_id = old.model_id or new.model_uri is not null or new.version is not null
       or exists (select from reign.judgements where challenger = old.id) then
      raise exception 'The version of cycle % was judged, or does not begin anew', old.cycle using errcode = 'RE001';
    end if;
  elsif (old.version is not null and new.version is distinct from old.version)
     or (old.model_uri is not null
         and (new.model_uri, new.train_snapshot, new.train_rows, new.environment_hash, new.files, new.digest)
         is distinct from (old.model_uri, old.train_snapshot, old.train_rows, old.environment_hash, old.files, old.digest))
  then
    raise exception 'The version of cycle % is named already', old.cycle using errcode = 'RE001';
  end if;
  if exists (select from reign.promotions where champion = old.id)
     or (select status from reign.cycles where id = old.cycle for no key update) not in ('running', 'waiting') then
    raise exception 'Cycle % has ended: its version does not change', old.cycle using errcode = 'RE001';
  end if;
  return new;
end $$;
drop trigger versions_guard on reign.versions;
create trigger versions_guard before insert or update on reign.versions
  for each row execute function reign.guard_version();`;

const cycles = `
alter table reign.cycles
  drop constraint cycles_model_lineage_as_of_definition_version_key,
  alter column train_from drop not null,
  alter column train_to drop not null,
  add column kind text not null default 'retrain' check (kind in ('retrain', 'challenge', 'replay')),
  add column challenger text,
  add column champion text;
update reign.cycles c set
  challenger = (select id from reign.versions v where v.model = c.model and v.version = c.challenger_version),
  champion = (select id from reign.versions v where v.model = c.model and v.version = c.champion_version)
where challenger_version is not null or champion_version is not null;
alter table reign.cycles
  add column challenge text not null generated always as (case kind when 'challenge' then challenger else '' end) stored,
  add constraint cycles_once unique (model, lineage, as_of, definition_version, challenge),
  add constraint cycles_challenger foreign key (challenger, model) references reign.versions (id, model),
  add constraint cycles_challenger_number foreign key (challenger, challenger_version) references reign.versions (id, version),
  add constraint cycles_champion foreign key (champion, model) references reign.versions (id, model),
  add constraint cycles_champion_number foreign key (champion, champion_version) references reign.versions (id, version),
  add constraint cycles_numbers check ((challenger_version is null or challenger is not null)
    and (champion_version is null or champion is not null)),
  add constraint cycles_fitted_by_itself check (kind <> 'retrain' or challenger is null or challenger = id),
  add constraint cycles_windows check (kind = 'challenge' or (train_from is not null and train_to is not null)),
  add constraint cycles_trained check ((train_from is null) = (train_to is null));
comment on column reign.cycles.kind is
  'retrain (fits its challenger), challenge (judges a version that it did not fit) or replay (judges what a cycle of the parent lineage fitted).';
comment on column reign.cycles.challenger is 'The version that is judged: what it fitted, or what it was asked to judge.';
comment on column reign.cycles.champion is 'The version that it was judged against; null where none reigned.';
comment on column reign.cycles.challenger_version is 'The number of the challenger in the registry, where it has one.';
comment on column reign.cycles.champion_version is 'The number of the champion in the registry, where it has one.';
comment on column reign.cycles.challenge is
  'Tells the challenges of one asOf apart: the version that is judged; empty for a cycle that is no challenge.';
comment on column reign.cycles.train_from is
  'Begin of the training window (belongs to it); null for a challenge whose challenger was fitted on rows that nobody knows.';`;

const judgements = `
alter table reign.judgements add column challenger text, add column champion text;
update reign.judgements set challenger = cycle, champion = champion_cycle;
alter table reign.judgements
  alter column challenger set not null,
  add constraint judgements_challenger foreign key (challenger, model) references reign.versions (id, model),
  add constraint judgements_challenger_number foreign key (challenger, challenger_version) references reign.versions (id, version),
  add constraint judgements_champion foreign key (champion, model) references reign.versions (id, model),
  add constraint judgements_champion_number foreign key (champion, champion_version) references reign.versions (id, version),
  add constraint judgements_epoch_champion check (champion is not null or
    (epoch = 0 and champion_version is null and champion_cycle is null)),
  add constraint judgements_champion_cycle check (champion_cycle is null or champion_cycle = champion),
  add constraint judgements_registered check (lineage <> 'live' or
    (challenger_version is not null and (champion is null or champion_version is not null))),
  add constraint judgements_promoted unique (cycle, number, epoch, challenger),
  add constraint judgements_won unique (cycle, number, epoch, challenger, verdict_kind),
  add constraint judgements_decided unique (cycle, number, epoch, challenger, evidence, verdict_kind);
comment on column reign.judgements.challenger is 'The version that was judged.';
comment on column reign.judgements.champion is 'The version that reigned; null where none did.';
comment on column reign.judgements.challenger_version is 'The number of the challenger in the registry, where it has one.';
comment on column reign.judgements.champion_version is 'The number of the champion in the registry, where it has one.';
comment on column reign.judgements.champion_cycle is 'The cycle that fitted the champion, where one did.';
create index judgements_by_challenger on reign.judgements (challenger);

create function reign.guard_judgement() returns trigger language plpgsql as $$
declare
  named text;
  origin text;
begin
  select challenger into named from reign.cycles where id = new.cycle;
  if new.challenger is distinct from named then
    raise exception 'Cycle % judges its challenger %, not %', new.cycle, named, new.challenger using errcode = 'RE001';
  end if;
  select l.origin into origin from reign.lineages l where l.model = new.model and l.name = new.lineage;
  if new.epoch = 0 and new.champion is distinct from origin then
    raise exception 'Cycle %: before the first promotion of lineage % reigns %, not %', new.cycle, new.lineage,
      coalesce(origin, 'nobody'), coalesce(new.champion, 'nobody') using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_judgement() is 'What foreign keys cannot say about a judgement.';
create trigger judgements_guard before insert on reign.judgements
  for each row execute function reign.guard_judgement();`;

const promotions = `
alter table reign.promotions add column champion text;
update reign.promotions p set champion = (select id from reign.versions v where v.model = p.model and v.version = p.version);
alter table reign.promotions
  alter column champion set not null,
  add constraint promotions_champion foreign key (champion, model) references reign.versions (id, model),
  add constraint promotions_champion_number foreign key (champion, version) references reign.versions (id, version),
  add constraint promotions_reign unique (model, lineage, epoch, champion),
  add constraint promotions_registered check (lineage <> 'live' or version is not null);
comment on column reign.promotions.champion is 'The version that reigns from here on.';
comment on column reign.promotions.version is 'Its number in the registry, where it has one.';
create index promotions_by_champion on reign.promotions (champion);
alter table reign.judgements
  add constraint judgements_reigning foreign key (model, lineage, reigning_epoch, champion)
    references reign.promotions (model, lineage, epoch, champion);`;

const charges = `
alter table reign.error_charges
  alter column challenger_version drop not null,
  add column challenger text,
  add column champion text;
update reign.error_charges e set
  challenger = e.cycle,
  champion = (select id from reign.versions v where v.model = e.model and v.version = e.champion_version);
drop index reign.error_charges_once;
create unique index error_charges_once on reign.error_charges
  (model, lineage, as_of, challenger, coalesce(challenger_version, 0), coalesce(champion, ''), holdout);
alter table reign.error_charges
  alter column challenger set not null,
  add constraint error_charges_challenger foreign key (challenger, model) references reign.versions (id, model),
  add constraint error_charges_champion foreign key (champion, model) references reign.versions (id, model),
  add constraint error_charges_champion_number foreign key (champion, champion_version) references reign.versions (id, version),
  add constraint error_charges_numbers check (champion_version is null or champion is not null);
comment on column reign.error_charges.challenger is 'The version that is tested.';
comment on column reign.error_charges.champion is 'The version that it is tested against; null where none reigned.';
comment on column reign.error_charges.challenger_version is
  'The number that the challenger had in the registry: a version that is fitted anew is another test.';
comment on column reign.error_charges.champion_version is 'The number of the champion in the registry, where it has one.';`;

export async function up(db: Kysely<unknown>): Promise<void> {
  const parts = [unguarded, released, versions, versionGuard, cycles, judgements, promotions, charges, guarded];
  await sql.raw(parts.join('\n')).execute(db);
}
