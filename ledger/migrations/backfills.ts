import { type Kysely, sql } from 'kysely';

const backfills = `
create table reign.backfills (
  "id" text primary key,
  "model" text not null references reign.models,
  "lineage" text not null check (lineage ~ '^[a-z0-9][a-z0-9-]{0,62}$' and lineage <> 'live'),
  "definition_version" integer not null,
  "as_of_from" timestamptz not null,
  "as_of_to" timestamptz not null,
  "every" text,
  "parallel" integer not null check (parallel > 0),
  "stop_on_failure" boolean not null default false,
  "start_from" text not null,
  "origin" text,
  "plan" jsonb not null check (jsonb_typeof(plan) = 'object'),
  "plan_hash" text not null check (plan_hash ~ '^[0-9a-f]{64}$'),
  "planned_by" bigint not null references reign.requests,
  "planned_at" timestamptz not null default clock_timestamp(),
  "status" text not null default 'planned'
    check (status in ('planned', 'running', 'paused', 'cancelled', 'failed', 'done')),
  "request" bigint references reign.requests,
  "reason" text check (reason ~ '[^[:space:]]'),
  "summary" text,
  "started_at" timestamptz,
  "retried_at" timestamptz,
  "ended_at" timestamptz,
  foreign key (model, definition_version) references reign.definitions (model, version),
  foreign key (origin, model) references reign.versions (id, model),
  constraint backfills_lineage unique (model, lineage),
  constraint backfills_id check (id = model || '.' || lineage),
  constraint backfills_times check (as_of_from <= as_of_to),
  constraint backfills_started check ((status = 'planned') = (started_at is null)
    and (started_at is null) = (request is null) and (started_at is null) = (reason is null)),
  constraint backfills_ended check (ended_at is null or status in ('cancelled', 'failed', 'done'))
);
comment on table reign.backfills is
  'Stretches of the past that were retrained, or planned to be, as a line of champions of their own. Each dry run is a row too.';
comment on column reign.backfills."id" is 'MODEL.LINEAGE.';
comment on column reign.backfills."model" is 'Which model.';
comment on column reign.backfills."lineage" is 'Its line of champions, as ids of cycles have it. Before it starts there is none of that name.';
comment on column reign.backfills."definition_version" is 'By which version of the definition every date is fitted and judged.';
comment on column reign.backfills."as_of_from" is 'The earliest asOf that was asked for.';
comment on column reign.backfills."as_of_to" is 'The latest asOf that was asked for (belongs to it).';
comment on column reign.backfills."every" is 'The distance between its dates, ISO 8601; null: the times of the definition''s schedule.';
comment on column reign.backfills."parallel" is 'How many dates are prepared at once. They are judged one after the other.';
comment on column reign.backfills."stop_on_failure" is 'Whether the first date that fails ends the rest.';
comment on column reign.backfills."start_from" is 'Who reigns before the first promotion, as it was asked: none, live or the number of a version.';
comment on column reign.backfills."origin" is 'Which version that is; null: nobody.';
comment on column reign.backfills."plan" is 'What was planned: every date, and what was expected of it.';
comment on column reign.backfills."plan_hash" is 'sha256 over what decides the outcome: definition version, dates and origin.';
comment on column reign.backfills."planned_by" is 'The request that planned it.';
comment on column reign.backfills."planned_at" is 'When it was planned.';
comment on column reign.backfills."status" is
  'planned (a dry run), running, paused (no new date begins), cancelled, failed (it stopped before every date had ended) or done (every date has ended, well or not).';
comment on column reign.backfills."request" is 'The request that started it.';
comment on column reign.backfills."reason" is 'Why, in the words of whoever started it.';
comment on column reign.backfills."summary" is 'What became of it, or why it stopped.';
comment on column reign.backfills."started_at" is 'When it was started.';
comment on column reign.backfills."retried_at" is 'When somebody asked last to run again what had failed: dates that failed before are due again.';
comment on column reign.backfills."ended_at" is 'When nothing of it ran any more; null while it runs.';
create trigger backfills_keep_rows before delete or truncate on reign.backfills
  for each statement execute function reign.refuse_change();

create table reign.backfill_dates (
  "backfill" text not null references reign.backfills,
  "number" integer not null check (number > 0),
  "as_of" timestamptz not null,
  "cycle" text not null unique,
  "prepared_at" timestamptz,
  "turn_at" timestamptz,
  "unbegun" text,
  primary key (backfill, number),
  constraint backfill_dates_once unique (backfill, as_of)
);
comment on table reign.backfill_dates is
  'The dates of every backfill that was started, in the order in which they are judged. What became of one stands in cycles.';
comment on column reign.backfill_dates."backfill" is 'Which backfill.';
comment on column reign.backfill_dates."number" is 'Counts from 1 in the order of asOf.';
comment on column reign.backfill_dates."as_of" is 'The nominal time of its cycle.';
comment on column reign.backfill_dates."cycle" is 'The id of its cycle, which is in cycles once it has begun.';
comment on column reign.backfill_dates."prepared_at" is
  'When its challenger was fitted and scored; older than the cycle''s started_at where that was an earlier attempt.';
comment on column reign.backfill_dates."turn_at" is 'When every date before it had ended, so that it could be judged; null where it waits for that.';
comment on column reign.backfill_dates."unbegun" is 'Why its cycle could not begin at all.';
create trigger backfill_dates_keep_rows before delete or truncate on reign.backfill_dates
  for each statement execute function reign.refuse_change();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(backfills).execute(db);
}
