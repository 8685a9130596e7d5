/**
 * What workflows ask of the trainer (Python) and what it answers. Everything here is small: data, predictions and
 * evidence go by hash. The trainer's pydantic models are generated from these (`npm run generate`).
 */
import { z } from 'zod';
import { Charge } from './charge.ts';
import { Column, SourceType } from './columns.ts';
import { Definition } from './definition.ts';
import { ContenderRequest, Evidence, EvidenceFormat, FollowUpRequest, Forecast, Rehearsal } from './evidence.ts';
import { metricNames } from './metrics.ts';
import { Observations } from './observations.ts';
import { Hash, Instant, Window } from './primitives.ts';
import { Manifest } from './snapshot.ts';

/** One query over one window, ready to be run. */
export const PlannedQuery = z
  .strictObject({
    purpose: z.enum(['train', 'holdout', 'championHoldout']),
    window: Window,
    /** The whole statement, with windows, order and casts around the author's query. */
    sql: z.string(),
    /** Over the author's query, the wrapping and the column plan, without the window's bounds. */
    queryHash: Hash,
    /** What the statement returns, in order, without Reign's own columns, which come first: reign_row_id, reign_event_time. */
    columns: z.array(Column),
    rowIdType: SourceType,
    label: z.string(),
    classes: z.array(z.union([z.string(), z.number(), z.boolean()])).nullable(),
    /** Settings of the transaction: reign.as_of, reign.from, reign.to. */
    settings: z.record(z.string(), z.string()),
  })
  .meta({ id: 'PlannedQuery' });
export type PlannedQuery = z.infer<typeof PlannedQuery>;

export const ExtractRequest = z
  .strictObject({ connection: z.string(), queries: z.array(PlannedQuery).min(1), statementTimeoutSeconds: z.int() })
  .meta({ id: 'ExtractRequest' });
export type ExtractRequest = z.infer<typeof ExtractRequest>;

export const ExtractedSnapshot = z
  .strictObject({
    purpose: z.enum(['train', 'holdout', 'championHoldout']),
    contentHash: Hash,
    rows: z.int(),
    queryHash: Hash,
  })
  .meta({ id: 'ExtractedSnapshot' });
export type ExtractedSnapshot = z.infer<typeof ExtractedSnapshot>;
export const ExtractResult = z.strictObject({ snapshots: z.array(ExtractedSnapshot) }).meta({ id: 'ExtractResult' });
export type ExtractResult = z.infer<typeof ExtractResult>;

/** Does the pipeline import, build and fit together with its parameters? Asked by `reign apply`. */
export const CheckPipelineRequest = z
  .strictObject({ definition: Definition, codeHash: Hash.nullable(), columns: z.array(Column) })
  .meta({ id: 'CheckPipelineRequest' });
export type CheckPipelineRequest = z.infer<typeof CheckPipelineRequest>;
export const CheckPipelineResult = z
  .strictObject({
    /** `ColumnTransformer(...)`, `HistGradientBoostingClassifier`: the steps' classes in order. */
    steps: z.array(z.string()),
    environment: z
      .strictObject({ hash: Hash, python: z.string(), scikitLearn: z.string(), mlflow: z.string() })
      .meta({ id: 'Environment' }),
  })
  .meta({ id: 'CheckPipelineResult' });
export type CheckPipelineResult = z.infer<typeof CheckPipelineResult>;

/** Where a fit writes in MLflow: opened before, named by the ledger, so that a retry writes into the same. */
export const TrackedRun = z
  .strictObject({
    experimentId: z.string(),
    runId: z.string(),
    modelId: z.string(),
    /** Where MLflow keeps the model's files; absent: to be asked for. */
    artifactLocation: z.string().nullish(),
    /** Made for this attempt a moment ago: nobody can have written into it. Absent: somebody may have. */
    isNew: z.boolean().nullish(),
  })
  .meta({ id: 'TrackedRun' });
export type TrackedRun = z.infer<typeof TrackedRun>;

export const CycleIdentity = z
  .strictObject({ id: z.string(), model: z.string(), lineage: z.string(), asOf: Instant, definitionVersion: z.int() })
  .meta({ id: 'CycleIdentity' });
export type CycleIdentity = z.infer<typeof CycleIdentity>;

export const FitRequest = z
  .strictObject({
    cycle: CycleIdentity,
    definition: Definition,
    codeHash: Hash.nullable(),
    trainSnapshot: Hash,
    holdoutSnapshot: Hash,
    trainWindow: Window,
    holdoutWindow: Window,
    /** Null in `reign try`: then the model is written to a folder of the store's tries and nothing to MLflow. */
    run: TrackedRun.nullable(),
    /** A control: the labels are dealt out at random before the fit. Only with `run: null`. */
    shuffleLabels: z.boolean(),
    timeoutSeconds: z.int(),
    /**
     * What the caller asks for in a step of its own: all of MLflow (`track`), or only the pictures of the training
     * (`showTraining`). Absent: this step writes everything.
     */
    leaves: z.enum(['tracking', 'pictures']).nullish(),
  })
  .meta({ id: 'FitRequest' });
export type FitRequest = z.infer<typeof FitRequest>;
/** A warning that the author's code, or a library that it calls, raised. Never holds a row's values. */
export const CodeWarning = z
  .strictObject({
    /** The class: UserWarning, ConvergenceWarning. */
    category: z.string(),
    /** What of its text stands in the source that raised it, with … for the rest; empty where nothing does. */
    text: z.string(),
    /** `pipeline.py:12`, the author's innermost line, or `sklearn/calibration.py:372` where none is theirs. */
    place: z.string(),
    during: z.enum(['fit', 'predict']),
    count: z.int(),
  })
  .meta({ id: 'CodeWarning' });
export type CodeWarning = z.infer<typeof CodeWarning>;

export const FitResult = z
  .strictObject({
    /** What mlflow.pyfunc.load_model takes, models:/m-..., or fit:KEY: the folder of a fit in the store. */
    modelUri: z.string(),
    /** SHA-256 of the model's files by their paths, taken before upload; versions of earlier releases have none. */
    files: z.record(z.string(), Hash).nullish(),
    /** SHA-256 of `files` as canonical JSON: every load of the version checks it. */
    digest: Hash.nullish(),
    rows: z.int(),
    /** The trivial predictor: class shares of the training rows in the order of the classes, or the mean of the label. */
    trivial: z.union([z.array(z.number()), z.number()]),
    trainingMetrics: z.record(z.string(), z.number()),
    environmentHash: Hash,
    python: z.string(),
    /** What was warned of in the fit; absent in fits of earlier releases. */
    warnings: z.array(CodeWarning).nullish(),
  })
  .meta({ id: 'FitResult' });
export type FitResult = z.infer<typeof FitResult>;

/** Score one version on one snapshot, in a process that loads no other version. */
export const ScoreRequest = z
  .strictObject({
    /** models:/m-..., or fit:KEY: the folder of a fit in the store. */
    modelUri: z.string(),
    /** For messages: `flight-delay version 3`. */
    name: z.string(),
    /** The definition the version was fitted by: its features, task and classes. */
    definition: Definition,
    snapshot: Hash,
    /** Of the version's files, from the ledger; versions of earlier releases have none. */
    digest: Hash.nullish(),
    /** So many rows are also sent as raw JSON and their answers compared: the rehearsal. */
    rehearsedRows: z.int().nullish(),
    /** It was fitted outside of Reign: it is asked by its own signature, and for probabilities. */
    fromOutside: z.boolean().nullish(),
  })
  .meta({ id: 'ScoreRequest' });
export type ScoreRequest = z.infer<typeof ScoreRequest>;
export const ScoreResult = z
  .strictObject({
    predictions: Hash,
    rows: z.int(),
    /** Where one was asked for. */
    rehearsal: Rehearsal.nullish(),
    /** What was warned of while it predicted. */
    warnings: z.array(CodeWarning).nullish(),
  })
  .meta({ id: 'ScoreResult' });
export type ScoreResult = z.infer<typeof ScoreResult>;

/** Can a version that was fitted outside of Reign be asked what the definition asks? It is loaded in a process of its own. */
export const ExamineRequest = z
  .strictObject({
    /** models:/NAME/VERSION or models:/m-... */
    modelUri: z.string(),
    /** For messages: `flight-delay version 7`. */
    name: z.string(),
    /** By which it is to be judged. */
    definition: Definition,
    /** What the definition's query gives. */
    columns: z.array(Column),
  })
  .meta({ id: 'ExamineRequest' });
export type ExamineRequest = z.infer<typeof ExamineRequest>;
export const ExamineResult = z
  .strictObject({
    /** SHA-256 of its files by their paths, and over these as canonical JSON: every load of the version checks it. */
    files: z.record(z.string(), Hash),
    digest: Hash,
  })
  .meta({ id: 'ExamineResult' });
export type ExamineResult = z.infer<typeof ExamineResult>;

/** What does the predictor answer that knows the labels and no features? */
export const TrivialRequest = z
  .strictObject({ cycle: CycleIdentity, definition: Definition, trainSnapshot: Hash })
  .meta({ id: 'TrivialRequest' });
export type TrivialRequest = z.infer<typeof TrivialRequest>;
export const TrivialResult = z
  .strictObject({ trivial: z.union([z.array(z.number()), z.number()]) })
  .meta({ id: 'TrivialResult' });
export type TrivialResult = z.infer<typeof TrivialResult>;

/** Send holdout rows as raw JSON through the version and compare with its stored predictions. */
export const RehearseRequest = z
  .strictObject({
    modelUri: z.string(),
    name: z.string(),
    definition: Definition,
    snapshot: Hash,
    predictions: Hash,
    rows: z.int(),
  })
  .meta({ id: 'RehearseRequest' });
export type RehearseRequest = z.infer<typeof RehearseRequest>;
export const RehearseResult = Rehearsal;

export const EvaluateRequest = z
  .strictObject({
    cycle: CycleIdentity,
    /** By whose rules to measure; absent in requests of the first release: then 2. */
    evidenceFormat: EvidenceFormat.optional(),
    definition: Definition,
    primary: z.enum(metricNames),
    window: Window,
    trivial: z.union([z.array(z.number()), z.number()]),
    challenger: ContenderRequest,
    champion: ContenderRequest.nullable(),
    /** The last champion that won by superiority, where the policy asks for it and it is not the champion itself. */
    anchor: ContenderRequest.nullable(),
    /** Holdout snapshots on which the champion was chosen: their rows are left out. */
    choseChampion: z.array(Hash),
    /** Snapshots whose row ids were gone when it was judged first; a cycle leaves it to the trainer to find out. */
    rowIdsGone: z.array(Hash).optional(),
    charge: Charge,
    /** What was observed in features and labels; null where nothing was. */
    observations: Hash.nullable(),
    /** What was told before the fit; null where nothing was. */
    forecast: Forecast.nullable(),
    /** The holdout predictions of a version that was fitted on shuffled labels; null where the policy asks for none. */
    shuffledFit: Hash.nullable(),
    /** Evidence of up to eight cycles before, newest first. */
    past: z.array(Hash),
    followUp: FollowUpRequest.nullable(),
    rehearsal: Rehearsal,
    /** The challenger's MLflow run, for holdout_* metrics; null in `reign try`, and where `showEvidence` is asked for them. */
    run: TrackedRun.nullable(),
  })
  .meta({ id: 'EvaluateRequest' });
export type EvaluateRequest = z.infer<typeof EvaluateRequest>;
export const EvaluateResult = z.strictObject({ evidence: Hash }).meta({ id: 'EvaluateResult' });
export type EvaluateResult = z.infer<typeof EvaluateResult>;

/** Draw the training of a kept fit onto its MLflow run. */
export const ShowTrainingRequest = z
  .strictObject({ definition: Definition, run: TrackedRun })
  .meta({ id: 'ShowTrainingRequest' });
export type ShowTrainingRequest = z.infer<typeof ShowTrainingRequest>;

/** Show a judgement on the challenger's MLflow run: the holdout_* metrics, and pictures of the evidence. */
export const ShowEvidenceRequest = z
  .strictObject({ run: TrackedRun, evidence: Hash })
  .meta({ id: 'ShowEvidenceRequest' });
export type ShowEvidenceRequest = z.infer<typeof ShowEvidenceRequest>;

/** Look at features and labels of both snapshots: leaks, shift, labels that have flipped. */
export const ObserveRequest = z
  .strictObject({
    cycle: CycleIdentity,
    definition: Definition,
    trainSnapshot: Hash,
    holdoutSnapshot: Hash,
    /** Observations of up to eight cycles before, newest first. */
    past: z.array(Hash),
    /** Predictions of the last judged holdout, for labels that have flipped since. */
    lastPredictions: Hash.nullable(),
  })
  .meta({ id: 'ObserveRequest' });
export type ObserveRequest = z.infer<typeof ObserveRequest>;
export const ObserveResult = z.strictObject({ observations: Hash }).meta({ id: 'ObserveResult' });
export type ObserveResult = z.infer<typeof ObserveResult>;

/** What could this cycle detect? Asked before the fit, from the standard errors of past cycles. */
export const ForecastRequest = z
  .strictObject({
    alpha: z.number(),
    /** Clusters that the holdout will have once rows that chose the champion are left out. */
    clusters: z.int(),
    /** Age of the champion's training data at asOf, in days. */
    championAgeDays: z.number(),
    past: z.array(
      z
        .strictObject({ standardError: z.number(), clusters: z.int(), championAgeDays: z.number() })
        .meta({ id: 'PastError' }),
    ),
  })
  .meta({ id: 'ForecastRequest' });
export type ForecastRequest = z.infer<typeof ForecastRequest>;
/** The detectable difference as a range; null where there is no past to tell it from. */
export const ForecastResult = z
  .strictObject({ optimistic: z.number().nullable(), pessimistic: z.number().nullable(), pastCycles: z.int() })
  .meta({ id: 'ForecastResult' });
export type ForecastResult = z.infer<typeof ForecastResult>;

/** Snapshots of earlier releases whose row ids are to be stored apart from their features. */
export const KeepRowIdsRequest = z.strictObject({ snapshots: z.array(Hash) }).meta({ id: 'KeepRowIdsRequest' });
export type KeepRowIdsRequest = z.infer<typeof KeepRowIdsRequest>;

/** What an error carries through Temporal besides code and message: where it is from, and what its template was filled with. */
export const ErrorDetail = z
  .strictObject({
    /** Of Python, in the store: by hash, since it may quote rows. */
    traceback: Hash.nullable(),
    file: z.string().nullable(),
    /** In the file or, where there is none, in the field's text. */
    line: z.int().nullable(),
    column: z.int().nullable().optional(),
    /** The field of the definition, from the top. Absent where an earlier release said it. */
    field: z
      .array(z.union([z.string(), z.int()]))
      .nullable()
      .optional(),
    situation: z.string().nullable().optional(),
    values: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .nullable()
      .optional(),
  })
  .meta({ id: 'ErrorDetail' });
export type ErrorDetail = z.infer<typeof ErrorDetail>;

/** The shapes that the trainer knows; the generator walks this list. */
export const trainerShapes = {
  Definition,
  Manifest,
  Evidence,
  ExtractRequest,
  ExtractResult,
  CheckPipelineRequest,
  CheckPipelineResult,
  FitRequest,
  FitResult,
  ScoreRequest,
  ScoreResult,
  ExamineRequest,
  ExamineResult,
  TrivialRequest,
  TrivialResult,
  RehearseRequest,
  Rehearsal,
  EvaluateRequest,
  EvaluateResult,
  ShowTrainingRequest,
  ShowEvidenceRequest,
  Observations,
  ObserveRequest,
  ObserveResult,
  ForecastRequest,
  ForecastResult,
  KeepRowIdsRequest,
  ErrorDetail,
};
