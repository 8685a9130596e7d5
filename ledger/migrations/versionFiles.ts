import { type Kysely, sql } from 'kysely';

const columns = `
alter table reign.versions
  add column files jsonb,
  add column digest text check (digest ~ '^[0-9a-f]{64}$'),
  add constraint versions_files_named check ((files is null) = (digest is null) and (files is null or model_uri is not null));
comment on column reign.versions.files is
  'The model''s files as they were fitted, each with its sha256; null where an earlier release fitted.';
comment on column reign.versions.digest is
  'sha256 over files as canonical JSON: every load of the version checks it.';`;

/** As before, and: the files are named together with the fit, and stay. */
const guard = `
create or replace function reign.guard_version() returns trigger language plpgsql as $$
begin
  if (new.cycle, new.model, new.lineage, new.definition_version, new.code_hash)
     is distinct from (old.cycle, old.model, old.lineage, old.definition_version, old.code_hash)
     or new.attempt < old.attempt then
    raise exception 'What the version of cycle % is about does not change', old.cycle using errcode = 'RE001';
  end if;
  if (new.attempt, new.experiment_id, new.run_id, new.model_id)
     is distinct from (old.attempt, old.experiment_id, old.run_id, old.model_id) then
    if new.model_id = old.model_id or new.model_uri is not null or new.version is not null
       or exists (select from reign.judgements where cycle = old.cycle) then
      raise exception 'The version of cycle % was judged, or does not begin anew', old.cycle using errcode = 'RE001';
    end if;
  elsif (old.version is not null and new.version is distinct from old.version)
     or (old.model_uri is not null
         and (new.model_uri, new.train_snapshot, new.train_rows, new.environment_hash, new.files, new.digest)
         is distinct from (old.model_uri, old.train_snapshot, old.train_rows, old.environment_hash, old.files, old.digest))
  then
    raise exception 'The version of cycle % is named already', old.cycle using errcode = 'RE001';
  end if;
  if new is distinct from old and (exists (select from reign.promotions where cycle = old.cycle)
     or (select status from reign.cycles where id = old.cycle for no key update) not in ('running', 'waiting')) then
    raise exception 'Cycle % has ended: its version does not change', old.cycle using errcode = 'RE001';
  end if;
  return new;
end $$;`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([columns, guard].join('\n')).execute(db);
}
