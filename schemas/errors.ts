/**
 * Every error that a user can meet. `retry` says whether trying again can help: Temporal's retry policies follow from it.
 * `advice` is what the user should do next.
 */
export const errors = {
  UsageInvalid: { retry: false, advice: 'See reign --help, or reign COMMAND --help.' },
  DefinitionInvalid: { retry: false, advice: 'Correct the definition and apply it again.' },
  ModelUnknown: { retry: false, advice: 'Apply a definition of this model first: reign apply FILE.' },
  VersionUnknown: { retry: false, advice: 'List the cycles of the model with their versions: reign cycles MODEL.' },
  CycleUnknown: { retry: false, advice: 'List the cycles of a model: reign cycles MODEL.' },
  AsOfInvalid: {
    retry: false,
    advice: 'Give a date or an ISO 8601 time in whole seconds, such as 2001-02-12 or 2001-02-12T06:00:00Z.',
  },
  AsOfInFuture: { retry: false, advice: 'Choose an asOf that has passed.' },
  AsOfBeforeChampion: {
    retry: false,
    advice: "The live line of champions only moves forward: choose an asOf that is not before the reigning champion's.",
  },
  RequestForged: { retry: false, advice: 'Start cycles with reign retrain, and see who can reach Temporal.' },
  SettingMissing: { retry: false, advice: 'Start the stack with `npm run -s reign -- dev`, or give the setting.' },
  SettingInvalid: { retry: false, advice: 'Correct the environment variable that the message names.' },
  StackFailed: {
    retry: false,
    advice: 'Fix what the message names and start again. Each part has a log in .reign/logs.',
  },
  ConnectionUnknown: {
    retry: false,
    advice: 'Set REIGN_CONNECTION_<NAME> for the trainer, the worker and the command line.',
  },
  QueryInvalid: { retry: false, advice: 'Correct source.query and apply the definition again.' },
  ColumnMissing: { retry: false, advice: 'Let source.query return the column, or correct its name in the definition.' },
  ColumnTypeUnsupported: { retry: false, advice: 'Cast the column in source.query to a supported type.' },
  ValueOutOfRange: { retry: false, advice: 'Cast or filter the column in source.query.' },
  TextInvalid: {
    retry: false,
    advice:
      "Convert the column in source.query, such as convert_from(convert(convert_to(NAME, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII').",
  },
  RowIdInvalid: { retry: false, advice: 'Let source.query return every row id once and none that is NULL.' },
  QueryFailed: { retry: false, advice: 'Run source.query in psql over the window to see the value that it fails on.' },
  StatementTimeout: {
    retry: false,
    advice: 'Make the query faster (an index on the event time), or raise REIGN_STATEMENT_TIMEOUT.',
  },
  WindowEmpty: { retry: false, advice: 'Choose an asOf for which the source has rows, or correct the windows.' },
  LabelMissing: {
    retry: false,
    advice: 'Check the label column and horizon and lag: at asOf no row of the window shows its label.',
  },
  ClassUnknown: { retry: false, advice: 'Add the class to label.classes, or leave such rows out in source.query.' },
  OneClass: { retry: false, advice: 'Choose a longer window, or an asOf for which the window holds every class.' },
  PipelineImport: {
    retry: false,
    advice:
      "Make the file import in the trainer's environment: reign try FILE shows the traceback. A library is added by `reign dev --with LIBRARY`, or with pip beside a trainer of your own.",
  },
  PipelineInvalid: { retry: false, advice: 'Correct the pipeline and apply the definition again.' },
  FitFailed: { retry: false, advice: 'Run reign try FILE --as-of T: it shows the traceback, cut to your own lines.' },
  PredictionsInvalid: {
    retry: false,
    advice: 'Let the pipeline predict finite numbers (probabilities between 0 and 1) for every row.',
  },
  OutOfMemory: {
    retry: false,
    advice: 'Give the trainer more memory, shorten the training window, or select fewer columns.',
  },
  FittedModelDiffers: {
    retry: false,
    advice:
      'Let the fitted pipeline depend on nothing but its own state: no global configuration, environment variables, files or random numbers when it predicts.',
  },
  FitTimeout: { retry: false, advice: 'Raise REIGN_FIT_TIMEOUT, or make the fit cheaper.' },
  PredictTimeout: { retry: false, advice: 'Make predicting faster, or raise REIGN_PREDICT_TIMEOUT.' },
  VersionUnloadable: {
    retry: false,
    advice: 'The version needs the environment it was fitted in: see its requirements in MLflow.',
  },
  VersionAltered: {
    retry: false,
    advice: "The version's files in MLflow are not those that were fitted: restore them from a backup, or retrain.",
  },
  MeasurementImpossible: { retry: false, advice: "Choose a longer holdout, or correct the pipeline's predictions." },
  TrackerRefused: { retry: false, advice: 'See the message: MLflow refuses the request itself.' },
  StoreCorrupt: {
    retry: false,
    advice: 'A stored file does not match its hash: restore it from a backup, or retrain for another asOf.',
  },
  DiskFull: { retry: false, advice: 'Free space on the disk that the message names, then retrain.' },
  LedgerOutdated: {
    retry: false,
    advice:
      'Run reign migrate with REIGN_LEDGER_OWNER_URL set to the login of the role that owns the ledger; docs/ledger.md names both roles.',
  },
  LedgerConflict: { retry: false, advice: "Look at the ledger's events for this cycle." },
  SourceUnavailable: { retry: true, advice: 'Check the warehouse; the cycle goes on by itself when it answers.' },
  TrackerUnavailable: { retry: true, advice: 'Check MLflow; the cycle goes on by itself when it answers.' },
  StoreUnavailable: {
    retry: true,
    advice: 'Check the disk of the store; the cycle goes on by itself when it can write.',
  },
  LedgerUnavailable: {
    retry: true,
    advice: "Check the ledger's Postgres; the cycle goes on by itself when it answers.",
  },
  OrchestratorUnavailable: {
    retry: true,
    advice:
      'Start the stack with `npm run -s reign -- dev`, or check TEMPORAL_ADDRESS; reign doctor shows what is reachable.',
  },
  WorkerMissing: {
    retry: true,
    advice:
      'Start the stack with `npm run -s reign -- dev`, or a worker and a trainer; reign doctor shows who listens.',
  },
  Interrupted: { retry: true, advice: 'Run the command again: it finds what was done.' },
  ChildDied: {
    retry: true,
    advice:
      "Something ended the process: a native library, os._exit, the memory limit. See the trainer's log (`reign dev` keeps it in .reign/logs/trainer.log).",
  },
  Internal: { retry: true, advice: "See the worker's and the trainer's log; please report it." },
} as const satisfies Record<string, { retry: boolean; advice: string }>;

export type ErrorCode = keyof typeof errors;

/** The codes that Temporal must not retry. */
export const finalErrors = (Object.keys(errors) as ErrorCode[]).filter((code) => !errors[code].retry);

/** An error of the catalogue. `where` names the place: a file and line, a column, a cycle. Never holds a row's values. */
export class ReignError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReignError';
    this.code = code;
  }
  get advice(): string {
    return errors[this.code].advice;
  }
}
