import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { Charge } from '../schemas/charge.ts';
import type { Column } from '../schemas/columns.ts';
import type { CycleStatus, Failure, Trigger, WaitsFor } from '../schemas/cycle.ts';
import type { Definition } from '../schemas/definition.ts';
import type { FollowUp, Rehearsal } from '../schemas/evidence.ts';
import type { FitResult } from '../schemas/payloads.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Verdict, VerdictKind } from '../schemas/verdict.ts';
import type { StoredPrimary } from './storedPrimary.ts';

/** The tables of the schema `reign`. test/ledger/database.test.ts holds this against what the migrations give. */
export interface Database {
  models: ModelsTable;
  definitions: DefinitionsTable;
  snapshots: SnapshotsTable;
  cycles: CyclesTable;
  attempts: AttemptsTable;
  cycle_snapshots: CycleSnapshotsTable;
  versions: VersionsTable;
  judgements: JudgementsTable;
  promotions: PromotionsTable;
  events: EventsTable;
  error_charges: ErrorChargesTable;
  follow_ups: FollowUpsTable;
  cycle_observations: CycleObservationsTable;
  leases: LeasesTable;
  pending_projections: PendingProjectionsTable;
}

/** Written as JSON text, read as a value. */
type Json<T> = ColumnType<T, string, string>;
type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
/** Read as ISO 8601 in UTC with milliseconds (openLedger.ts sees to that): no Date leaves the ledger. */
type Clock = Generated<string>;

interface ModelsTable {
  name: string;
  created_at: Clock;
}

interface DefinitionsTable {
  model: string;
  version: number;
  hash: string;
  document: Json<Definition>;
  code_hash: string | null;
  columns: Json<Column[]>;
  applied_at: Clock;
  applied_by: string;
}

interface SnapshotsTable {
  content_hash: string;
  rows: number;
  created_at: Clock;
}

interface CyclesTable {
  id: string;
  model: string;
  lineage: string;
  as_of: string;
  definition_version: number;
  trigger: Trigger;
  status: CycleStatus;
  attempt: Generated<number>;
  verdict: VerdictKind | null;
  summary: string | null;
  train_from: string;
  train_to: string;
  holdout_from: string;
  holdout_to: string;
  champion_version: number | null;
  challenger_version: number | null;
  primary_result: OptionalJson<StoredPrimary>;
  train_rows: number | null;
  holdout_rows: number | null;
  judged_rows: number | null;
  train_snapshot: string | null;
  holdout_snapshot: string | null;
  evidence: string | null;
  failure: OptionalJson<Failure>;
  started_at: Clock;
  ended_at: string | null;
  waits_for: WaitsFor | null;
}

interface AttemptsTable {
  cycle: string;
  number: number;
  token: string;
  started_at: Clock;
}

interface CycleSnapshotsTable {
  cycle: string;
  attempt: number;
  purpose: 'train' | 'holdout' | 'championHoldout';
  content_hash: string;
  query_hash: string;
  window_from: string;
  window_to: string;
}

interface VersionsTable {
  cycle: string;
  model: string;
  lineage: string;
  version: number | null;
  experiment_id: string;
  run_id: string;
  model_id: string;
  definition_version: number;
  code_hash: string | null;
  attempt: number;
  model_uri: string | null;
  train_snapshot: string | null;
  train_rows: number | null;
  trivial: OptionalJson<FitResult['trivial']>;
  training_metrics: OptionalJson<FitResult['trainingMetrics']>;
  environment_hash: string | null;
  python: string | null;
  created_at: Clock;
  files: OptionalJson<Readonly<Record<string, string>>>;
  digest: string | null;
}

interface JudgementsTable {
  cycle: string;
  number: number;
  attempt: number;
  model: string;
  lineage: string;
  epoch: number;
  reigning_epoch: GeneratedAlways<number | null>;
  challenger_version: number;
  champion_version: number | null;
  champion_cycle: string | null;
  evidence: string;
  rehearsal: OptionalJson<Rehearsal>;
  policy: Json<Policy>;
  verdict: Json<Verdict>;
  verdict_kind: GeneratedAlways<VerdictKind>;
  primary_result: OptionalJson<StoredPrimary>;
  judged_at: Clock;
}

interface PromotionsTable {
  model: string;
  lineage: string;
  epoch: number;
  previous_epoch: GeneratedAlways<number | null>;
  version: number;
  kind: 'promotion' | 'rollback';
  cycle: string | null;
  judgement_number: number | null;
  judged_epoch: GeneratedAlways<number | null>;
  required_verdict: GeneratedAlways<string | null>;
  reason: string;
  promoted_at: Clock;
  promoted_by: string;
}

interface EventsTable {
  id: GeneratedAlways<number>;
  model: string;
  cycle: string | null;
  at: Clock;
  kind: string;
  key: string | null;
  detail: Json<object>;
}

interface ErrorChargesTable {
  id: GeneratedAlways<number>;
  model: string;
  lineage: string;
  as_of: string;
  challenger_version: number;
  champion_version: number | null;
  holdout: string;
  cycle: string;
  attempt: number;
  judgement_number: number;
  definition_version: number;
  trigger: Trigger;
  account: Exclude<Charge['account'], 'none'>;
  alpha: number;
  charged_at: Clock;
}

export interface FollowUpsTable {
  model: string;
  lineage: string;
  epoch: number;
  found_by: string;
  attempt: number;
  window_from: string;
  window_to: string;
  rows: number;
  complete: boolean;
  promised: Json<FollowUp['promised']>;
  found: OptionalJson<FollowUp['found']>;
  unmeasured: string | null;
  at: Clock;
}

interface CycleObservationsTable {
  cycle: string;
  attempt: number;
  document: string;
  named_at: Clock;
}

interface LeasesTable {
  name: string;
  owner: string;
  fence: number;
  expires_at: string;
}

interface PendingProjectionsTable {
  cycle: string;
  part: 'champion' | 'outcome';
  model: string;
  reason: string;
  tries: Generated<number>;
  since: Clock;
  tried_at: Clock;
}
