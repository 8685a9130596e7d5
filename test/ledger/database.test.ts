import { type SelectType, sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Database } from '../../ledger/database.ts';
import { withLedger } from './withLedger.ts';

type PostgresType =
  | 'text'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'boolean'
  | 'jsonb'
  | 'timestamp with time zone';
type Described<Column> = null extends SelectType<Column> ? `${PostgresType}?` : PostgresType;
/** The type checker holds this list against `Database`, the test against what the migrations give. `?`: may be NULL. */
type Tables = { [Table in keyof Database]: { [Column in keyof Database[Table]]: Described<Database[Table][Column]> } };

const time = 'timestamp with time zone';
const tables: Tables = {
  actors: {
    id: 'text',
    kind: 'text',
    name: 'text',
    authentication: 'text',
    release: 'text?',
    first_seen_at: time,
  },
  requests: {
    id: 'bigint',
    operation: 'text',
    actor: 'text',
    model: 'text?',
    subject_kind: 'text',
    subject: 'text',
    reason: 'text?',
    idempotency_key: 'text?',
    content_hash: 'text?',
    at: time,
  },
  lineages: {
    model: 'text',
    name: 'text',
    kind: 'text',
    parent: 'text?',
    origin: 'text?',
    policy: 'jsonb?',
    request: 'bigint?',
    created_at: time,
  },
  deletions: {
    id: 'bigint',
    model: 'text',
    definition_version: 'integer',
    forced: 'boolean',
    reason: 'text',
    actor: 'text',
    request: 'bigint',
    deleted_at: time,
  },
  definition_settings: {
    model: 'text',
    number: 'integer',
    document: 'jsonb',
    applied_at: time,
    applied_by: 'text',
    request: 'bigint?',
  },
  schedule_periods: {
    model: 'text',
    valid_from: time,
    valid_to: `${time}?`,
    spec: 'jsonb',
    time_zone: 'text',
    paused: 'boolean',
    opened_by: 'bigint',
    closed_by: 'bigint?',
  },
  rollback_proposals: {
    id: 'bigint',
    model: 'text',
    lineage: 'text',
    epoch: 'integer',
    champion: 'text',
    restores_epoch: 'integer',
    evidence: 'text?',
    reason: 'text',
    actor: 'text',
    request: 'bigint?',
    proposed_at: time,
  },
  decisions: {
    id: 'bigint',
    kind: 'text',
    model: 'text',
    lineage: 'text',
    epoch: 'integer',
    candidate: 'text',
    cycle: 'text?',
    judgement_number: 'integer?',
    judged_epoch: 'integer?',
    evidence: 'text?',
    verdict_kind: 'text?',
    proposal: 'bigint?',
    restores_epoch: 'integer?',
    actor: 'text',
    request: 'bigint',
    reason: 'text',
    decided_at: time,
  },
  models: { name: 'text', created_at: time },
  definitions: {
    model: 'text',
    version: 'integer',
    hash: 'text',
    document: 'jsonb',
    code_hash: 'text?',
    columns: 'jsonb',
    applied_at: time,
    applied_by: 'text',
    request: 'bigint?',
  },
  snapshots: { content_hash: 'text', rows: 'bigint', created_at: time },
  cycles: {
    id: 'text',
    model: 'text',
    lineage: 'text',
    as_of: time,
    definition_version: 'integer',
    trigger: 'text',
    status: 'text',
    attempt: 'integer',
    verdict: 'text?',
    summary: 'text?',
    train_from: `${time}?`,
    train_to: `${time}?`,
    holdout_from: time,
    holdout_to: time,
    champion_version: 'integer?',
    challenger_version: 'integer?',
    primary_result: 'jsonb?',
    train_rows: 'bigint?',
    holdout_rows: 'bigint?',
    judged_rows: 'bigint?',
    train_snapshot: 'text?',
    holdout_snapshot: 'text?',
    evidence: 'text?',
    failure: 'jsonb?',
    started_at: time,
    ended_at: `${time}?`,
    waits_for: 'text?',
    kind: 'text',
    challenger: 'text?',
    champion: 'text?',
    challenge: 'text',
  },
  attempts: { cycle: 'text', number: 'integer', token: 'text', started_at: time, request: 'bigint?' },
  cycle_snapshots: {
    cycle: 'text',
    attempt: 'integer',
    purpose: 'text',
    content_hash: 'text',
    query_hash: 'text',
    window_from: time,
    window_to: time,
  },
  versions: {
    cycle: 'text?',
    model: 'text',
    lineage: 'text?',
    version: 'integer?',
    experiment_id: 'text?',
    run_id: 'text?',
    model_id: 'text?',
    definition_version: 'integer?',
    code_hash: 'text?',
    attempt: 'integer?',
    model_uri: 'text?',
    train_snapshot: 'text?',
    train_rows: 'bigint?',
    trivial: 'jsonb?',
    training_metrics: 'jsonb?',
    environment_hash: 'text?',
    python: 'text?',
    created_at: time,
    files: 'jsonb?',
    digest: 'text?',
    id: 'text',
    origin: 'text',
    train_from: `${time}?`,
    train_to: `${time}?`,
    registered_at: `${time}?`,
    request: 'bigint?',
  },
  judgements: {
    cycle: 'text',
    number: 'integer',
    attempt: 'integer',
    model: 'text',
    lineage: 'text',
    epoch: 'integer',
    reigning_epoch: 'integer?',
    challenger_version: 'integer?',
    champion_version: 'integer?',
    champion_cycle: 'text?',
    evidence: 'text',
    rehearsal: 'jsonb?',
    policy: 'jsonb',
    verdict: 'jsonb',
    verdict_kind: 'text',
    primary_result: 'jsonb?',
    judged_at: time,
    challenger: 'text',
    champion: 'text?',
  },
  promotions: {
    model: 'text',
    lineage: 'text',
    epoch: 'integer',
    previous_epoch: 'integer?',
    version: 'integer?',
    kind: 'text',
    cycle: 'text?',
    judgement_number: 'integer?',
    judged_epoch: 'integer?',
    reason: 'text',
    promoted_at: time,
    promoted_by: 'text',
    champion: 'text',
    actor: 'text',
    request: 'bigint?',
    decision: 'bigint?',
    proposal: 'bigint?',
    restores_epoch: 'integer?',
    required_verdict: 'text?',
    required_decision: 'text?',
    held_definition_version: 'integer?',
  },
  resumptions: {
    model: 'text',
    lineage: 'text',
    epoch: 'integer',
    kind: 'text',
    reason: 'text',
    actor: 'text',
    request: 'bigint',
    resumed_at: time,
  },
  events: {
    id: 'bigint',
    model: 'text',
    cycle: 'text?',
    at: time,
    kind: 'text',
    key: 'text?',
    detail: 'jsonb',
    actor: 'text?',
    request: 'bigint?',
  },
  error_charges: {
    id: 'bigint',
    model: 'text',
    lineage: 'text',
    as_of: time,
    challenger_version: 'integer?',
    champion_version: 'integer?',
    holdout: 'text',
    cycle: 'text',
    attempt: 'integer',
    judgement_number: 'integer',
    definition_version: 'integer',
    trigger: 'text',
    account: 'text',
    alpha: 'double precision',
    charged_at: time,
    challenger: 'text',
    champion: 'text?',
  },
  follow_ups: {
    model: 'text',
    lineage: 'text',
    epoch: 'integer',
    found_by: 'text',
    attempt: 'integer',
    window_from: time,
    window_to: time,
    rows: 'bigint',
    complete: 'boolean',
    promised: 'jsonb',
    found: 'jsonb?',
    unmeasured: 'text?',
    at: time,
  },
  pending_projections: {
    cycle: 'text',
    part: 'text',
    model: 'text',
    reason: 'text',
    tries: 'integer',
    since: time,
    tried_at: time,
  },
  cycle_observations: { cycle: 'text', attempt: 'integer', document: 'text', named_at: time },
  leases: { name: 'text', owner: 'text', fence: 'bigint', expires_at: time },
};

test('the types of the tables are what the migrations give', async () => {
  await using ledger = await withLedger();
  const { rows } = await sql<{ table_name: string; column_name: string; described: string }>`
    select table_name, column_name, data_type || case is_nullable when 'YES' then '?' else '' end as described
    from information_schema.columns
    where table_schema = 'reign' and table_name not like 'migrations%'`.execute(ledger.db);
  const found: Record<string, Record<string, string>> = {};
  for (const { table_name, column_name, described } of rows) {
    found[table_name] = { ...found[table_name], [column_name]: described };
  }
  expect(found).toEqual(tables);
});

test('every table and every column explains itself', async () => {
  await using ledger = await withLedger();
  const { rows } = await sql<{ name: string }>`
    select format('%s.%s', relname, coalesce(attname, '*')) as name
    from pg_class
    join lateral (
      select null as attname, obj_description(pg_class.oid) as comment
      union all
      select attname, col_description(attrelid, attnum) from pg_attribute
      where attrelid = pg_class.oid and attnum > 0 and not attisdropped
    ) described on true
    where relnamespace = 'reign'::regnamespace and relkind = 'r' and coalesce(comment, '') = ''`.execute(ledger.db);
  expect(rows).toEqual([]);
});
