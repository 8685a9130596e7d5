/** What a cycle's steps hand to each other through Temporal: small, and typed once for workflows and activities. */

import type { Actor } from './actor.ts';
import type { Charge } from './charge.ts';
import type { Column } from './columns.ts';
import type { Cycle, CycleStatus, Failure, Trigger } from './cycle.ts';
import type { Definition } from './definition.ts';
import type { ContenderRequest, FollowUp, FollowUpRequest, Forecast, ProbationLook, Rehearsal } from './evidence.ts';
import type { Metric } from './metrics.ts';
import type {
  CheckPipelineResult,
  CodeWarning,
  CycleIdentity,
  ExtractedSnapshot,
  ExtractRequest,
  FitResult,
  ForecastRequest,
  TrackedRun,
} from './payloads.ts';
import type { Window } from './primitives.ts';
import type { Verdict, VerdictKind } from './verdict.ts';

export interface RetrainRequest {
  readonly model: string;
  readonly lineage: string;
  readonly asOf: string;
  readonly definitionVersion: number;
  readonly trigger: Trigger;
  /** Who asked; absent in requests of earlier releases. */
  readonly actor?: Actor;
}

/** Judges a version that a person registered, instead of fitting one. */
export interface ChallengeRequest extends RetrainRequest {
  /** Its number in the registry. */
  readonly challenger: number;
  readonly reason: string;
}

/** The rows of a definition for one asOf, without a cycle. */
export interface SnapshotRequest {
  readonly model: string;
  readonly definitionVersion: number;
  readonly asOf: string;
}

export interface PlannedSnapshots {
  readonly windows: { readonly train: Window; readonly holdout: Window };
  readonly extraction: ExtractRequest;
}

export interface TakenSnapshots extends Pick<PlannedSnapshots, 'windows'> {
  readonly snapshots: Snapshots;
}

/** A version that a person wants to be judged, on its way into the ledger. */
export interface AdmitRequest {
  readonly model: string;
  readonly version: number;
  readonly definitionVersion: number;
  /** The period that it was fitted on, as the person says. */
  readonly trainedOn: Window | null;
  readonly actor: Actor;
  readonly reason: string;
}

/** What MLflow says of a version that a person registered. */
export interface FoundVersion {
  readonly modelUri: string;
  readonly registeredAt: string;
  readonly run: TrackedRun | null;
  readonly trainSnapshot: string | null;
  readonly trainRows: number | null;
  readonly trainWindow: Window | null;
  /** Whose features, task and classes it must have. */
  readonly definition: Definition;
  readonly columns: readonly Column[];
}

/** A claimed challenge. `until`: its holdout is mature from then on. */
export type ClaimedChallenge =
  | { readonly kind: 'settled'; readonly status: CycleStatus; readonly summary: string | null }
  | { readonly kind: 'claimed'; readonly attempt: number; readonly until: string };

/** A version that a person registered, as it is judged. */
export interface RegisteredChallenger {
  /** Names it in evidence. */
  readonly id: string;
  readonly version: number;
  readonly modelUri: string;
  readonly digest: string;
  readonly trainSnapshot: string | null;
  readonly trainWindow: Window | null;
  readonly registeredAt: string;
  readonly run: TrackedRun | null;
}

/** The plan of a challenge: as that of a cycle, and who challenges. */
export interface PlannedChallenge extends PlannedCycle {
  readonly registered: RegisteredChallenger;
}

/** What a schedule in Temporal starts with each nominal time. */
export interface ScheduledRequest {
  readonly model: string;
  /** Hash of the times that Temporal was given: another one where the definition's schedule has changed. */
  readonly times: string;
}

/** What becomes of a nominal time. */
export type DueCycle =
  | { readonly kind: 'start'; readonly request: RetrainRequest }
  /** It was recorded as skipped, or is none of the schedule. */
  | { readonly kind: 'nothing'; readonly summary: string };

/** A backfill's workflow, by the id of the backfill: everything else about it stands in the ledger. */
export interface BackfillRequest {
  readonly id: string;
  /** Numbers of dates that earlier runs of the workflow have begun and the ledger does not show yet. */
  readonly begun?: readonly number[];
}

/** What a backfill does next. */
export interface NextDates {
  /** Dates to begin, with what their cycles are asked. */
  readonly begin: readonly { readonly number: number; readonly request: RetrainRequest }[];
  /** Of those that were begun, the numbers of those that the ledger does not show yet. */
  readonly begun: readonly number[];
  /** Cycles that are to end; null where the backfill goes on. */
  readonly end: { readonly cycles: readonly string[]; readonly asked: CancelRequest } | null;
  /** What became of the backfill, where nothing of it runs any more. */
  readonly over: string | null;
  /** After so many seconds, where nobody says anything before. */
  readonly lookAgain: number;
}

/** Whose turn it is among the cycles of a lineage. */
export type Turn =
  | { readonly kind: 'own' }
  /** `lookAgain`: after so many seconds, where nobody says anything before. */
  | { readonly kind: 'other'; readonly summary: string; readonly lookAgain: number }
  /** The schedule says that it does not wait, or the model is retired. */
  | { readonly kind: 'skip'; readonly summary: string }
  /** The backfill that it belongs to goes on no more. */
  | { readonly kind: 'cancelled'; readonly summary: string };

/** A cycle and which attempt of it: what is written in its name is refused once another attempt has begun. */
export interface CycleAttempt extends CycleIdentity {
  readonly attempt: number;
}

/** The fault that a cycle waits for somebody to fix. */
export interface Fault {
  /** The step that fails: extract, promote, ... */
  readonly step: string;
  /** Of the catalogue of errors. */
  readonly code: string;
  readonly message: string;
  /** When it is tried again; ISO 8601. */
  readonly triesAgainAt: string;
}

/** Who ends a cycle, and why. */
export interface CancelRequest {
  readonly by: string;
  readonly reason: string;
}

/** Who records an outcome. */
export interface ClaimedAttempt {
  /** Null where the plan did not say. */
  readonly attempt: number | null;
  /** What the plan claimed with, or tried to. */
  readonly token: string;
}

/** A version with what scoring it on this cycle's holdout takes. */
export interface VersionToScore {
  /** In the registry; null for a version of a backfill, which has none. */
  readonly version: number | null;
  readonly cycle: string;
  readonly asOf: string;
  readonly modelUri: string;
  /** Of its files; null for a version of an earlier release. */
  readonly digest: string | null;
  readonly definition: Definition;
  readonly definitionVersion: number;
  readonly codeHash: string | null;
  /** Null where nobody knows, of a version from outside. */
  readonly trainSnapshot: string | null;
  /** Absent in plans of the first release, and where nobody knows. */
  readonly trainWindow?: Window;
  /** When a person registered it; absent where a cycle fitted it. */
  readonly registeredAt?: string;
  /** Its own classes, where they are not those of the challenger or stand in another order. */
  readonly classes?: ContenderRequest['classes'];
  /** Its own view of the holdout, where its definition reads the source otherwise than the challenger's. */
  readonly holdoutExtraction: ExtractRequest | null;
  /**
   * Of the environment it was fitted in: a trainer of that environment can score it where today's cannot. Null where nobody
   * knows.
   */
  readonly environmentHash: string | null;
  /** Why it cannot be scored any more: its query does not hold in today's source. */
  readonly unscorable: string | null;
}

/** The champion to beat, with what judging it takes. */
export interface ChampionToBeat extends VersionToScore {
  /** The number of the promotion that made it champion. */
  readonly epoch: number;
  /** Holdouts whose rows chose it; they are left out of the comparison. */
  readonly choseSnapshots: string[];
  /** The last champion that won by superiority, where the policy asks for it and it is another. */
  readonly anchor: VersionToScore | null;
  /** The promotion that made it champion, where this holdout shows more of what became of it. */
  readonly promotion: PromotionToFollow | null;
}

/** A promotion that is looked at again on newer rows. */
export interface PromotionToFollow {
  readonly cycle: string;
  readonly epoch: number;
  /** The period right after the promoting holdout, of its length. */
  readonly window: Window;
  readonly promised: FollowUp['promised'];
  /** Null: it beat the trivial predictor. */
  readonly beaten: VersionToScore | null;
  /** Which look of its probation this is; absent where it is none. */
  readonly look?: ProbationLook;
}

/** What earlier cycles of the lineage left behind, for comparison. */
export interface Past {
  /** Evidence of up to eight cycles before, newest first. */
  readonly evidence: string[];
  readonly observations: string[];
  /** Predictions of the last judged holdout. */
  readonly lastPredictions: string | null;
}

/** From what the trainer can tell what the cycle could show. */
export interface Foresight {
  readonly request: ForecastRequest;
  /** By how much a gain worth having lies above what is needed to win; null where this cycle is fitted in any case. */
  readonly wanted: number | null;
}

/** What was told before the fit. */
export interface Foreseen {
  /** Null where too few cycles went before. */
  readonly forecast: Forecast | null;
  /** Why a fit would be in vain; null where the cycle is worth it. */
  readonly inVain: string | null;
}

/** What is known of a cycle before its challenger is judged. */
export interface Known extends Pick<Foreseen, 'forecast'> {
  /** What was observed in features and labels. */
  readonly observations: string;
}

/** Whom the challenger meets, and what earlier cycles left: known once no cycle before it runs any more. */
export interface Contest {
  readonly champion: ChampionToBeat | null;
  readonly past: Past;
  /** Null where there are too few past cycles to tell anything by. */
  readonly foresight: Foresight | null;
}

export interface PlannedCycle extends Contest {
  readonly kind: 'planned';
  readonly cycle: CycleIdentity;
  readonly attempt: number;
  readonly definition: Definition;
  readonly codeHash: string | null;
  readonly primary: Metric;
  readonly windows: { readonly train: Window; readonly holdout: Window };
  readonly extraction: ExtractRequest;
  /** Nobody is asked to approve: what would have reigned is nobody's to decide. Absent but for a backfill. */
  readonly unattended?: boolean;
  /** The number of this attempt's first judgement; earlier attempts may have left some. */
  readonly firstJudgement: number;
  readonly fitTimeoutSeconds: number;
}

/** A plan, or the reason why there is nothing left to do. */
export type Plan =
  | PlannedCycle
  | { readonly kind: 'settled'; readonly status: CycleStatus; readonly summary: string | null }
  | { readonly kind: 'superseded'; readonly attempt: number; readonly summary: string };

export interface Snapshots {
  readonly train: ExtractedSnapshot;
  readonly holdout: ExtractedSnapshot;
}

/** What was fitted. */
export interface FittedChallenger {
  readonly run: TrackedRun;
  readonly fit: FitResult;
  /** In the registry; null where it is brought there while it is scored, and for a version of a backfill, which never is. */
  readonly version: number | null;
  /** The step that draws its training: `show` runs after the verdict. `track` in cycles that began before that was so. */
  readonly trainingPictures: 'track' | 'show';
}

/** A version with its answers on the holdout: it asks to reign. */
export interface Challenger extends Pick<FittedChallenger, 'trainingPictures'> {
  /** Null: what is measured is shown on no run. */
  readonly run: TrackedRun | null;
  readonly fit: Pick<FitResult, 'trivial'>;
  /** Where a person registered it: the cycle did not fit it. */
  readonly registered?: RegisteredChallenger;
  /** In the registry; null for a version of a backfill, which has no number. */
  readonly version: number | null;
  readonly predictions: string;
  readonly rehearsal: Rehearsal;
  /** What was warned of while it predicted. */
  readonly warnings: readonly CodeWarning[];
  /** Predictions of a version fitted on shuffled labels, where the policy asks for that control. */
  readonly shuffledFit: string | null;
}

/** The champion with its answers on the holdout, or with why there are none. */
export interface ScoredChampion extends ChampionToBeat {
  readonly contender: ContenderRequest;
  readonly scoredAnchor: ContenderRequest | null;
  readonly followUp: FollowUpRequest | null;
}

/** The test that is to be paid for. */
export interface ChargeRequest {
  readonly cycle: CycleAttempt;
  readonly number: number;
  /** In the registry; null: the version that the cycle fitted has no number. */
  readonly challenger: number | null;
  readonly champion: number | null;
  /** The cycle that fitted the champion; absent in cycles that began under an earlier release. */
  readonly championCycle?: string | null | undefined;
  readonly holdout: string;
}

export interface JudgementRequest {
  readonly cycle: CycleAttempt;
  readonly number: number;
  readonly evidence: string;
  readonly challenger: number | null;
  readonly champion: Pick<ChampionToBeat, 'epoch' | 'version' | 'cycle'> | null;
  /** What was warned of while the challenger predicted; absent in cycles that began under an earlier release. */
  readonly warnings?: readonly CodeWarning[];
}

/** A stored judgement, as far as the workflow needs it. */
export interface Judged {
  readonly number: number;
  /** The epoch it was judged against; 0 where nobody reigned. */
  readonly epoch: number;
  readonly kind: VerdictKind;
  readonly summary: string;
  /** The champion was fitted on rows of this holdout: against it this challenger can never be judged. */
  readonly championSawHoldout: boolean;
  /** After a rollback a person decides also where the challenger wins. Absent in cycles that began under an earlier release. */
  readonly held?: boolean;
}

/** A judgement that a person is asked to decide about. */
export interface ApprovalRequest {
  readonly cycle: CycleAttempt;
  readonly number: number;
  /** How often it has been asked: 1 the first time. */
  readonly round: number;
  /** When; ISO 8601. The deadline counts from here. */
  readonly askedAt: string;
}

/** What became of the question: nothing yet, a decision, no answer in time, or another champion to be judged against. */
export type Answered =
  | { readonly kind: 'waits' }
  | {
      readonly kind: 'approved' | 'rejected';
      readonly decision: number;
      readonly by: string;
      readonly reason: string;
    }
  | { readonly kind: 'expired' }
  | { readonly kind: 'championChanged'; readonly champion: ChampionToBeat }
  /** Only the rollback asked for a person, and somebody has resumed promotions. */
  | { readonly kind: 'released' };

export interface PromotionRequest {
  readonly cycle: CycleIdentity;
  readonly number: number;
  readonly epoch: number;
  /** In the registry; null: the version that the cycle fitted has no number. */
  readonly version: number | null;
  readonly reason: string;
  /** The person's approval that it follows from; absent where the verdict alone leads to it. */
  readonly decision?: number;
}

export type PromotionResult =
  | { readonly outcome: 'promoted'; readonly epoch: number }
  /** Somebody else was promoted since; the judgement names a champion that no longer reigns. */
  | { readonly outcome: 'conflict'; readonly champion: ChampionToBeat };

/** How a cycle ended. */
export interface Outcome {
  readonly status: CycleStatus;
  readonly summary: string | null;
  readonly failure: Failure | null;
}

/** What the schedule of reconciles starts. */
export interface ReconcileRequest {
  /** Whose ledger it is: a namespace belongs to one installation. */
  readonly installation: string;
  readonly everySeconds: number;
}

/** What one reconcile did, in numbers; the ledger's events say what. */
export interface ReconcileSummary {
  readonly repaired: number;
  readonly recorded: number;
  readonly known: number;
  /** Parts that did not answer. */
  readonly unchecked: readonly string[];
  /** Snapshots whose features were removed because their retention had passed. Absent in earlier releases. */
  readonly featuresRemoved?: number;
  /** Snapshots that stay until a trainer has stored their row ids apart; at most so many as it does at once. */
  readonly withoutRowIds?: readonly string[];
}

export interface CheckDefinitionRequest {
  readonly definition: Definition;
  readonly codeHash: string | null;
}

export interface CheckedDefinition {
  readonly columns: Column[];
  readonly pipeline: CheckPipelineResult;
}

export interface TryRequest {
  readonly definition: Definition;
  readonly codeHash: string | null;
  readonly asOf: string;
  /** At most this many rows a window, sampled; null: all. */
  readonly rows: number | null;
  /** Names the folder of the try in the store. */
  readonly id: string;
  /** Whom to judge against: who reigns, nobody, or a version. Absent: nobody, as the first release had it. */
  readonly against?: 'champion' | 'none' | number;
}

/** How a try stands in for the cycle that a definition would have if it were applied. */
export interface TriedCycle extends Pick<PlannedCycle, 'champion' | 'past' | 'foresight'> {
  readonly cycle: CycleIdentity;
  /** What the cycle would do otherwise than judge. */
  readonly notes: readonly string[];
}

export interface TryPlan {
  readonly cycle: CycleIdentity;
  readonly primary: Metric;
  readonly windows: { readonly train: Window; readonly holdout: Window };
  readonly extraction: ExtractRequest;
  readonly charge: Charge;
  readonly fitTimeoutSeconds: number;
  /** Absent in plans of the first release, which judged against nobody. */
  readonly standsFor?: TriedCycle;
}

export interface TryResult {
  /** Whom it was judged against; null: the trivial predictor. */
  readonly against: { readonly version: number | null; readonly asOf: string; readonly reigns: boolean } | null;
  readonly windows: { readonly train: Window; readonly holdout: Window };
  readonly snapshots: { readonly train: string; readonly holdout: string };
  readonly rows: { readonly train: number; readonly holdout: number };
  readonly training: Record<string, number>;
  readonly evidence: string;
  readonly rehearsal: Rehearsal;
  readonly verdict: Verdict;
  readonly warnings: string[];
}

export type { Cycle };
