import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import type { BackfillPlan, BackfillStatus } from '../schemas/backfill.ts';
import type { Charge } from '../schemas/charge.ts';
import type { Column } from '../schemas/columns.ts';
import type { CycleKind, CycleStatus, Failure, Trigger, WaitsFor } from '../schemas/cycle.ts';
import type { Definition, DefinitionSettings } from '../schemas/definition.ts';
import type { FollowUp, Rehearsal } from '../schemas/evidence.ts';
import type { FitResult } from '../schemas/payloads.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Verdict, VerdictKind } from '../schemas/verdict.ts';
import type { StoredPrimary } from './storedPrimary.ts';

/** The tables of the schema `reign`. test/ledger/database.test.ts holds this against what the migrations give. */
export interface Database {
  actors: ActorsTable;
  requests: RequestsTable;
  models: ModelsTable;
  lineages: LineagesTable;
  definitions: DefinitionsTable;
  definition_settings: DefinitionSettingsTable;
  schedule_periods: SchedulePeriodsTable;
  snapshots: SnapshotsTable;
  cycles: CyclesTable;
  attempts: AttemptsTable;
  cycle_snapshots: CycleSnapshotsTable;
  snapshot_removals: SnapshotRemovalsTable;
  versions: VersionsTable;
  judgements: JudgementsTable;
  rollback_proposals: RollbackProposalsTable;
  decisions: DecisionsTable;
  promotions: PromotionsTable;
  resumptions: ResumptionsTable;
  events: EventsTable;
  error_charges: ErrorChargesTable;
  follow_ups: FollowUpsTable;
  cycle_observations: CycleObservationsTable;
  deletions: DeletionsTable;
  retirements: RetirementsTable;
  leases: LeasesTable;
  pending_projections: PendingProjectionsTable;
  notifications: NotificationsTable;
  installation: InstallationTable;
  reconciliations: ReconciliationsTable;
  temporal_namespaces: TemporalNamespacesTable;
  backfills: BackfillsTable;
  backfill_dates: BackfillDatesTable;
}

/** Written as JSON text, read as a value. */
type Json<T> = ColumnType<T, string, string>;
type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
/** Read as ISO 8601 in UTC with milliseconds (openLedger.ts sees to that): no Date leaves the ledger. */
type Clock = Generated<string>;

interface ActorsTable {
  id: string;
  kind: Actor['kind'];
  name: string;
  authentication: Actor['authentication'];
  release: string | null;
  first_seen_at: Clock;
}

interface RequestsTable {
  id: GeneratedAlways<number>;
  operation: string;
  actor: string;
  model: string | null;
  subject_kind: string;
  subject: string;
  reason: string | null;
  idempotency_key: string | null;
  content_hash: string | null;
  at: Clock;
}

interface LineagesTable {
  model: string;
  name: string;
  kind: 'live' | 'backfill' | 'replay';
  parent: string | null;
  origin: string | null;
  policy: OptionalJson<Policy>;
  request: number | null;
  created_at: Clock;
}

interface ModelsTable {
  name: string;
  created_at: Clock;
}

/** Of an earlier release with its settings. */
export type DefinitionDocument = Omit<Definition, keyof DefinitionSettings> & DefinitionSettings;

interface DefinitionsTable {
  model: string;
  version: number;
  hash: string;
  document: Json<DefinitionDocument>;
  code_hash: string | null;
  columns: Json<Column[]>;
  applied_at: Clock;
  applied_by: string;
  request: number | null;
}

interface DefinitionSettingsTable {
  model: string;
  number: number;
  document: Json<DefinitionSettings>;
  applied_at: Clock;
  applied_by: string;
  request: number | null;
}

interface SchedulePeriodsTable {
  model: string;
  valid_from: string;
  valid_to: string | null;
  spec: Json<object>;
  time_zone: string;
  paused: boolean;
  opened_by: number;
  closed_by: number | null;
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
  train_from: string | null;
  train_to: string | null;
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
  kind: Generated<CycleKind>;
  challenger: string | null;
  champion: string | null;
  challenge: GeneratedAlways<string>;
}

interface AttemptsTable {
  cycle: string;
  number: number;
  token: string;
  started_at: Clock;
  request: number | null;
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

/** Fitted by a cycle of the live lineage, by one of any other, or outside of Reign. */
export type VersionOrigin = 'cycle' | 'backfill' | 'notebook';

interface VersionsTable {
  cycle: string | null;
  model: string;
  lineage: string | null;
  version: number | null;
  experiment_id: string | null;
  run_id: string | null;
  model_id: string | null;
  definition_version: number | null;
  code_hash: string | null;
  attempt: number | null;
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
  id: string;
  origin: VersionOrigin;
  train_from: string | null;
  train_to: string | null;
  registered_at: string | null;
  request: number | null;
}

interface JudgementsTable {
  cycle: string;
  number: number;
  attempt: number;
  model: string;
  lineage: string;
  epoch: number;
  reigning_epoch: GeneratedAlways<number | null>;
  challenger_version: number | null;
  champion_version: number | null;
  champion_cycle: string | null;
  evidence: string;
  rehearsal: OptionalJson<Rehearsal>;
  policy: Json<Policy>;
  verdict: Json<Verdict>;
  verdict_kind: GeneratedAlways<VerdictKind>;
  primary_result: OptionalJson<StoredPrimary>;
  judged_at: Clock;
  challenger: string;
  champion: string | null;
}

interface RollbackProposalsTable {
  id: GeneratedAlways<number>;
  model: string;
  lineage: string;
  epoch: number;
  champion: string;
  restores_epoch: number;
  evidence: string | null;
  reason: string;
  actor: string;
  request: number | null;
  proposed_at: Clock;
}

export type DecisionKind = 'approve' | 'reject' | 'override';

interface DecisionsTable {
  id: GeneratedAlways<number>;
  kind: DecisionKind;
  model: string;
  lineage: string;
  epoch: number;
  candidate: string;
  cycle: string | null;
  judgement_number: number | null;
  judged_epoch: number | null;
  evidence: string | null;
  verdict_kind: VerdictKind | null;
  proposal: number | null;
  restores_epoch: number | null;
  actor: string;
  request: number;
  reason: string;
  decided_at: Clock;
}

export type PromotionKind = 'promotion' | 'rollback' | 'override';

interface PromotionsTable {
  model: string;
  lineage: string;
  epoch: number;
  previous_epoch: GeneratedAlways<number | null>;
  version: number | null;
  kind: PromotionKind;
  cycle: string | null;
  judgement_number: number | null;
  judged_epoch: GeneratedAlways<number | null>;
  reason: string;
  promoted_at: Clock;
  /** The database fills it in. */
  promoted_by: GeneratedAlways<string>;
  champion: string;
  actor: string;
  request: number | null;
  decision: number | null;
  proposal: number | null;
  restores_epoch: number | null;
  required_verdict: GeneratedAlways<string | null>;
  required_decision: GeneratedAlways<string | null>;
  /** The database fills it in. */
  held_definition_version: GeneratedAlways<number | null>;
}

interface ResumptionsTable {
  model: string;
  lineage: string;
  epoch: number;
  kind: GeneratedAlways<string>;
  reason: string;
  actor: string;
  request: number;
  resumed_at: Clock;
}

interface EventsTable {
  id: GeneratedAlways<number>;
  model: string;
  cycle: string | null;
  at: Clock;
  kind: string;
  key: string | null;
  detail: Json<object>;
  actor: string | null;
  request: number | null;
}

interface ErrorChargesTable {
  id: GeneratedAlways<number>;
  model: string;
  lineage: string;
  as_of: string;
  challenger_version: number | null;
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
  challenger: string;
  champion: string | null;
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
  look: number | null | undefined;
  looks: number | null | undefined;
  verdict: 'worse' | 'holds' | null | undefined;
  evidence: string | null | undefined;
  at: Clock;
}

interface SnapshotRemovalsTable {
  id: GeneratedAlways<number>;
  content_hash: string;
  model: string;
  retention: string;
  last_used_at: string;
  bytes: number | null;
  actor: string;
  request: number | null;
  removed_at: Clock;
}

interface DeletionsTable {
  id: GeneratedAlways<number>;
  model: string;
  definition_version: number;
  forced: boolean;
  reason: string;
  actor: string;
  request: number;
  deleted_at: Clock;
}

interface RetirementsTable {
  id: GeneratedAlways<number>;
  model: string;
  definition_version: number;
  reason: string;
  actor: string;
  request: number;
  retired_at: Clock;
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

interface InstallationTable {
  id: Generated<string>;
  made_at: Clock;
}

interface ReconciliationsTable {
  model: string;
  alias_version: number | null;
  alias_at: string | null;
  times_to: string | null;
}

interface TemporalNamespacesTable {
  number: number;
  namespace_id: string;
  name: string;
  request: number | null | undefined;
  recorded_at: Clock;
}

interface BackfillsTable {
  id: string;
  model: string;
  lineage: string;
  definition_version: number;
  as_of_from: string;
  as_of_to: string;
  every: string | null;
  parallel: number;
  stop_on_failure: Generated<boolean>;
  start_from: string;
  origin: string | null;
  plan: Json<BackfillPlan>;
  plan_hash: string;
  planned_by: number;
  planned_at: Clock;
  status: Generated<BackfillStatus>;
  request: number | null;
  reason: string | null;
  summary: string | null;
  started_at: string | null;
  retried_at: string | null;
  ended_at: string | null;
}

interface BackfillDatesTable {
  backfill: string;
  number: number;
  as_of: string;
  cycle: string;
  prepared_at: string | null;
  turn_at: string | null;
  unbegun: string | null;
}

/** Triggers add the rows. */
interface NotificationsTable {
  id: Generated<string>;
  model: string;
  cycle: string | null;
  event: string;
  key: string;
  facts: Json<object>;
  endpoint: string;
  at: Clock;
  state: Generated<'pending' | 'delivered' | 'undelivered'>;
  tries: Generated<number>;
  first_tried_at: string | null;
  tried_at: string | null;
  next_try_at: string | null;
  reason: string | null;
}
