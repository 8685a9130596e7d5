import { type Kysely, sql } from 'kysely';

const installation = `
create table reign.installation (
  "id" text primary key default replace(gen_random_uuid()::text, '-', ''),
  "made_at" timestamptz not null default clock_timestamp()
);
create unique index installation_once on reign.installation ((true));
comment on table reign.installation is
  'One row: names this installation where it shares a server with others, such as Temporal. Never changes.';
comment on column reign.installation."id" is 'Drawn at random.';
comment on column reign.installation."made_at" is 'When it was drawn.';
insert into reign.installation default values;
create trigger installation_append_only before update or delete or truncate on reign.installation
  for each statement execute function reign.refuse_change();`;

const reconciliations = `
create table reign.reconciliations (
  "model" text primary key references reign.models,
  "alias_version" integer,
  "alias_at" timestamptz,
  "times_to" timestamptz,
  constraint reconciliations_alias check (alias_version is null or alias_at is not null)
);
comment on table reign.reconciliations is
  'What Reign last saw to outside of the ledger, by model: tells what others changed there since. Decides nothing.';
comment on column reign.reconciliations."model" is 'Which model.';
comment on column reign.reconciliations."alias_version" is
  'The version that the alias champion in MLflow named when Reign last set or checked it; null: none.';
comment on column reign.reconciliations."alias_at" is 'When Reign began to see it there; null: never.';
comment on column reign.reconciliations."times_to" is
  'Every nominal time up to this one has a cycle, or lay in a pause; null: none was checked.';`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([installation, reconciliations].join('\n')).execute(db);
}
