import type { ErrorCode } from '../schemas/errors.ts';

/** What scripts can rely on; docs/cli.md and `reign --help` say the same. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  badInput: 2,
  unreachable: 3,
  cycleFailed: 4,
  disagrees: 5,
  interrupted: 130,
} as const;

export const exitCodesHelp = `Exit codes:
  0    done
  1    an error inside Reign
  2    bad input: a wrong argument, definition, name or time
  3    something is not reachable (or is no longer stored), or a setting is missing
  4    the cycle (or the try) failed
  5    what is stored differs from what was recomputed (reign verify)
  130  interrupted`;

/** Every error has a place here: a new one does not compile without. */
const endsAs: Readonly<Record<ErrorCode, Exclude<keyof typeof exitCodes, 'ok'>>> = {
  UsageInvalid: 'badInput',
  DefinitionInvalid: 'badInput',
  ModelUnknown: 'badInput',
  ModelRetired: 'badInput',
  VersionUnknown: 'badInput',
  CycleUnknown: 'badInput',
  BackfillUnknown: 'badInput',
  BackfillRefused: 'badInput',
  RollbackRefused: 'badInput',
  OverrideRefused: 'badInput',
  PromotionsNotHeld: 'badInput',
  ChallengeRefused: 'badInput',
  AsOfInvalid: 'badInput',
  AsOfInFuture: 'badInput',
  AsOfBeforeChampion: 'badInput',
  StoreShared: 'badInput',
  SettingMissing: 'unreachable',
  SettingInvalid: 'badInput',
  StackFailed: 'badInput',
  ConnectionUnknown: 'unreachable',
  QueryInvalid: 'badInput',
  ColumnMissing: 'badInput',
  ColumnTypeUnsupported: 'badInput',
  ValueOutOfRange: 'badInput',
  TextInvalid: 'badInput',
  RowIdInvalid: 'badInput',
  QueryFailed: 'badInput',
  StatementTimeout: 'badInput',
  WindowEmpty: 'badInput',
  LabelMissing: 'badInput',
  ClassUnknown: 'badInput',
  OneClass: 'badInput',
  PipelineImport: 'badInput',
  PipelineInvalid: 'badInput',
  FitFailed: 'badInput',
  PredictionsInvalid: 'badInput',
  OutOfMemory: 'badInput',
  FittedModelDiffers: 'badInput',
  FitTimeout: 'badInput',
  PredictTimeout: 'badInput',
  VersionUnloadable: 'badInput',
  VersionUnfit: 'badInput',
  VersionAltered: 'internal',
  RequestForged: 'badInput',
  MeasurementImpossible: 'badInput',
  TrackerRefused: 'internal',
  StoreCorrupt: 'internal',
  WorkflowGone: 'internal',
  DiskFull: 'unreachable',
  LedgerOutdated: 'unreachable',
  LedgerConflict: 'internal',
  SourceUnavailable: 'unreachable',
  TrackerUnavailable: 'unreachable',
  NotificationFailed: 'unreachable',
  StoreUnavailable: 'unreachable',
  LedgerUnavailable: 'unreachable',
  LedgerBusy: 'unreachable',
  OrchestratorUnavailable: 'unreachable',
  WorkerMissing: 'unreachable',
  Interrupted: 'interrupted',
  ChildDied: 'internal',
  Internal: 'internal',
};

/** The exit code of an error that ended a command. */
export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[endsAs[code]];
}
