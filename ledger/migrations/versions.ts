import { type Kysely, sql } from 'kysely';
import { keepRows } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const hash = (column: string): string => `check (${column} ~ '^[0-9a-f]{64}$')`;

const versions = createTable({
  name: 'versions',
  comment:
    'What each cycle fitted, and where MLflow keeps it. One a cycle: a new attempt begins it anew until it was judged.',
  columns: {
    cycle: ['text primary key', 'The cycle that fitted it.'],
    model: ['text not null', 'Which model.'],
    lineage: ['text not null', 'The line of champions of its cycle.'],
    version: ['integer check (version >= 1)', 'The version in the MLflow registry; null until it is registered.'],
    experiment_id: ['text not null', 'MLflow experiment.'],
    run_id: ['text not null', 'MLflow run.'],
    model_id: ['text not null', 'MLflow logged model.'],
    definition_version: ['integer not null', 'The version of the definition it was fitted by.'],
    code_hash: [`text ${hash('code_hash')}`, "The author's code, by hash; null for a declarative pipeline."],
    attempt: ['integer not null', 'The attempt that opened the run.'],
    model_uri: ['text', 'What mlflow.pyfunc.load_model takes; null until it is fitted.'],
    train_snapshot: ['text references reign.snapshots', 'The rows that it was fitted on.'],
    train_rows: ['bigint', 'How many labelled rows it was fitted on.'],
    trivial: ['jsonb', 'What the trivial predictor says: class shares of the training rows, or the mean of the label.'],
    training_metrics: ['jsonb', 'Metrics on the training rows.'],
    environment_hash: [`text ${hash('environment_hash')}`, 'The Python environment it was fitted in.'],
    python: ['text', 'The version of Python it was fitted by.'],
    created_at: ['timestamptz not null default clock_timestamp()', 'When its run was named.'],
  },
  constraints: [
    'unique (model, version)',
    'unique (cycle, version)',
    'unique (run_id)',
    'unique (model_id)',
    'foreign key (cycle, model, lineage) references reign.cycles (id, model, lineage)',
    'foreign key (model, definition_version) references reign.definitions',
    'foreign key (cycle, attempt) references reign.attempts',
    'check ((model_uri is null) = (train_snapshot is null) and (model_uri is null) = (environment_hash is null))',
    'check (version is null or model_uri is not null)',
  ],
});

const links = `
alter table reign.cycles
  add foreign key (model, challenger_version) references reign.versions (model, version),
  add foreign key (model, champion_version) references reign.versions (model, version);`;

const guard = `
create function reign.guard_version() returns trigger language plpgsql as $$
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
     or (old.model_uri is not null and (new.model_uri, new.train_snapshot, new.train_rows, new.environment_hash)
         is distinct from (old.model_uri, old.train_snapshot, old.train_rows, old.environment_hash)) then
    raise exception 'The version of cycle % is named already', old.cycle using errcode = 'RE001';
  end if;
  if new is distinct from old and (exists (select from reign.promotions where cycle = old.cycle)
     or (select status from reign.cycles where id = old.cycle for no key update) not in ('running', 'waiting')) then
    raise exception 'Cycle % has ended: its version does not change', old.cycle using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_version() is 'A version is named once an attempt, and final when it was judged or its cycle has ended.';
create trigger versions_guard before update on reign.versions for each row execute function reign.guard_version();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([versions, links, guard, keepRows('versions')].join('\n')).execute(db);
}
