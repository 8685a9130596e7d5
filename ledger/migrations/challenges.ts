import { type Kysely, sql } from 'kysely';

/** A person may register one run, or one logged model, as several versions. */
const versions = `
alter table reign.versions
  drop constraint versions_run_id_key,
  drop constraint versions_model_id_key;
create unique index versions_run_of_cycle on reign.versions (run_id) where cycle is not null;
create unique index versions_model_of_cycle on reign.versions (model_id) where cycle is not null;
comment on column reign.versions.train_snapshot is
  'The rows that it was fitted on; null for a version from outside whose rows are not in the store.';
comment on column reign.versions.registered_at is
  'When MLflow made the version, where no cycle fitted it: rows after that cannot have chosen it.';`;

const cycles = `
create index cycles_by_challenger on reign.cycles (challenger) where kind = 'challenge';
comment on column reign.cycles.train_from is
  'Begin of the training window (belongs to it). Of a challenge: of the rows that shifts and the trivial predictor are measured from; its challenger was fitted on those that its version names.';
comment on column reign.cycles.train_snapshot is
  'The training snapshot, by content hash; of a challenge as train_from says.';`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([versions, cycles].join('\n')).execute(db);
}
