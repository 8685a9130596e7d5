import { dataErrors } from './errors/data.ts';
import { definitionErrors } from './errors/definition.ts';
import type { ErrorEntry } from './errors/entry.ts';
import { fitErrors } from './errors/fit.ts';
import { ledgerErrors } from './errors/ledger.ts';
import { notificationErrors } from './errors/notifications.ts';
import { pipelineErrors } from './errors/pipeline.ts';
import { processErrors } from './errors/processes.ts';
import { requestErrors } from './errors/request.ts';
import { settingErrors } from './errors/settings.ts';
import { storeErrors } from './errors/store.ts';
import { trackerErrors } from './errors/tracker.ts';
import { type ErrorPlace, nowhere } from './place.ts';
import { fill, type TypedPlaces } from './template.ts';

type AreaCode =
  | keyof typeof dataErrors
  | keyof typeof definitionErrors
  | keyof typeof fitErrors
  | keyof typeof ledgerErrors
  | keyof typeof notificationErrors
  | keyof typeof pipelineErrors
  | keyof typeof processErrors
  | keyof typeof requestErrors
  | keyof typeof settingErrors
  | keyof typeof storeErrors
  | keyof typeof trackerErrors;

/** Every error that a user can meet, by the file in `errors/` that holds its templates. docs/errors.md is generated from it, in this order. */
export const errors = {
  UsageInvalid: requestErrors.UsageInvalid,
  DefinitionInvalid: definitionErrors.DefinitionInvalid,
  ModelUnknown: requestErrors.ModelUnknown,
  ModelRetired: requestErrors.ModelRetired,
  VersionUnknown: requestErrors.VersionUnknown,
  CycleUnknown: requestErrors.CycleUnknown,
  RollbackRefused: requestErrors.RollbackRefused,
  OverrideRefused: requestErrors.OverrideRefused,
  PromotionsNotHeld: requestErrors.PromotionsNotHeld,
  BackfillUnknown: requestErrors.BackfillUnknown,
  BackfillRefused: requestErrors.BackfillRefused,
  ChallengeRefused: requestErrors.ChallengeRefused,
  AsOfInvalid: requestErrors.AsOfInvalid,
  AsOfInFuture: requestErrors.AsOfInFuture,
  AsOfBeforeChampion: requestErrors.AsOfBeforeChampion,
  RequestForged: requestErrors.RequestForged,
  SettingMissing: settingErrors.SettingMissing,
  SettingInvalid: settingErrors.SettingInvalid,
  StackFailed: processErrors.StackFailed,
  ConnectionUnknown: settingErrors.ConnectionUnknown,
  QueryInvalid: definitionErrors.QueryInvalid,
  ColumnMissing: definitionErrors.ColumnMissing,
  ColumnTypeUnsupported: definitionErrors.ColumnTypeUnsupported,
  ValueOutOfRange: dataErrors.ValueOutOfRange,
  TextInvalid: dataErrors.TextInvalid,
  RowIdInvalid: dataErrors.RowIdInvalid,
  QueryFailed: dataErrors.QueryFailed,
  StatementTimeout: dataErrors.StatementTimeout,
  WindowEmpty: dataErrors.WindowEmpty,
  LabelMissing: dataErrors.LabelMissing,
  ClassUnknown: dataErrors.ClassUnknown,
  OneClass: dataErrors.OneClass,
  PipelineImport: pipelineErrors.PipelineImport,
  PipelineInvalid: pipelineErrors.PipelineInvalid,
  FitFailed: fitErrors.FitFailed,
  PredictionsInvalid: fitErrors.PredictionsInvalid,
  OutOfMemory: fitErrors.OutOfMemory,
  FittedModelDiffers: fitErrors.FittedModelDiffers,
  FitTimeout: fitErrors.FitTimeout,
  PredictTimeout: fitErrors.PredictTimeout,
  VersionUnloadable: fitErrors.VersionUnloadable,
  VersionUnfit: fitErrors.VersionUnfit,
  VersionAltered: fitErrors.VersionAltered,
  MeasurementImpossible: fitErrors.MeasurementImpossible,
  TrackerRefused: trackerErrors.TrackerRefused,
  StoreCorrupt: storeErrors.StoreCorrupt,
  StoreShared: storeErrors.StoreShared,
  DiskFull: storeErrors.DiskFull,
  WorkflowGone: processErrors.WorkflowGone,
  LedgerOutdated: ledgerErrors.LedgerOutdated,
  LedgerConflict: ledgerErrors.LedgerConflict,
  SourceUnavailable: dataErrors.SourceUnavailable,
  TrackerUnavailable: trackerErrors.TrackerUnavailable,
  StoreUnavailable: storeErrors.StoreUnavailable,
  LedgerUnavailable: ledgerErrors.LedgerUnavailable,
  LedgerBusy: ledgerErrors.LedgerBusy,
  NotificationFailed: notificationErrors.NotificationFailed,
  OrchestratorUnavailable: processErrors.OrchestratorUnavailable,
  WorkerMissing: processErrors.WorkerMissing,
  Interrupted: processErrors.Interrupted,
  ChildDied: processErrors.ChildDied,
  Internal: processErrors.Internal,
} as const satisfies Record<AreaCode, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

/** The situations in which an error of a code comes up. */
export type ErrorSituation<Code extends ErrorCode> = keyof (typeof errors)[Code]['templates'] & string;

/** What the template of a situation is filled with. */
export type ErrorValues<
  Code extends ErrorCode,
  Situation extends ErrorSituation<Code>,
> = (typeof errors)[Code]['templates'][Situation] extends infer Template extends string ? TypedPlaces<Template> : never;

/** The codes that Temporal must not retry. */
export const finalErrors = (Object.keys(errors) as ErrorCode[]).filter((code) => !errors[code].retry);

export interface ReignErrorOptions extends ErrorOptions {
  readonly place?: Partial<ErrorPlace>;
  readonly situation?: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** An error of the catalogue. The message never holds a row's values; programs read code, situation, values and place instead. */
export class ReignError extends Error {
  readonly code: ErrorCode;
  /** Which of the code's templates the message is of; null where it was written freely, or by another release. */
  readonly situation: string | null;
  readonly values: Readonly<Record<string, string | number>>;
  /** What it is about: a file, a field of the definition, a line. */
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, message: string, options: ReignErrorOptions = {}) {
    super(message, options);
    this.name = 'ReignError';
    this.code = code;
    this.situation = options.situation ?? null;
    this.values = options.values ?? {};
    this.place = { ...nowhere, ...options.place };
  }
  get advice(): string {
    return errors[this.code].advice;
  }
}

/**
 * An error of a code, for a situation.
 *
 * @example throw errorOf('CycleUnknown', 'none', { cycle: id });
 */
export function errorOf<Code extends ErrorCode, Situation extends ErrorSituation<Code>>(
  code: Code,
  situation: Situation,
  ...[values, options]: Record<never, never> extends ErrorValues<Code, Situation>
    ? [values?: ErrorValues<Code, Situation>, options?: Pick<ReignErrorOptions, 'cause' | 'place'>]
    : [values: ErrorValues<Code, Situation>, options?: Pick<ReignErrorOptions, 'cause' | 'place'>]
): ReignError {
  const template = (errors[code].templates as Readonly<Record<string, string>>)[situation] ?? '';
  const given: Readonly<Record<string, string | number>> = values ?? {};
  const texts = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  return new ReignError(code, fill(template, texts), { ...options, situation, values: given });
}
