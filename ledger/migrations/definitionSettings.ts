import { type Kysely, sql } from 'kysely';

const definitionSettings = `
create table reign.definition_settings (
  "model" text not null references reign.models,
  "number" integer not null check (number >= 1),
  "document" jsonb not null check (jsonb_typeof(document) = 'object'),
  "applied_at" timestamptz not null default clock_timestamp(),
  "applied_by" text not null,
  "request" bigint references reign.requests,
  primary key (model, number)
);
comment on table reign.definition_settings is
  'What a definition says that changes no fit, such as its schedule: kept beside the versions, with a history of its own. The highest number is in force. Append-only.';
comment on column reign.definition_settings."model" is 'Which model.';
comment on column reign.definition_settings."number" is '1 for the first; counts changes of these settings alone.';
comment on column reign.definition_settings."document" is 'The settings; one that is not there was not set.';
comment on column reign.definition_settings."applied_at" is 'From when on it holds.';
comment on column reign.definition_settings."applied_by" is 'Who applied it.';
comment on column reign.definition_settings."request" is 'The request that applied it; null in earlier releases.';
create trigger definition_settings_append_only before update or delete or truncate on reign.definition_settings
  for each statement execute function reign.refuse_change();`;

/** Earlier releases kept the schedule in the versions: each change of it there is one here. */
const earlier = `
insert into reign.definition_settings (model, number, document, applied_at, applied_by)
select model, row_number() over (partition by model order by version), settings, applied_at, applied_by from (
  select model, version, settings, applied_at, applied_by, version > min(version) over (partition by model)
    and settings = lag(settings) over (partition by model order by version) as same
  from (
    select *, case when document ? 'schedule' then jsonb_build_object('schedule', document->'schedule') else '{}' end as settings
    from reign.definitions) said
) changed where not same;
comment on column reign.definitions.document is
  'The whole definition as it was applied, defaults filled in; what definition_settings holds is not part of it (earlier releases kept the schedule here too).';`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([definitionSettings, earlier].join('\n')).execute(db);
}
