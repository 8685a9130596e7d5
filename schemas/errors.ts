import { type ErrorPlace, nowhere } from './place.ts';
import { fill, type TypedPlaces } from './template.ts';

interface ErrorEntry {
  /** The HTTP status of an answer that says so. */
  readonly status: number;
  /** Whether trying again can help: Temporal's retry policies follow from it. */
  readonly retry: boolean;
  /** What the user should do next. */
  readonly advice: string;
  /** What the error can say, by the name of the situation. `{name}` is a string, `{name:int}` a whole number. Never a row's value. */
  readonly templates: Readonly<Record<string, string>>;
}

/** Every error that a user can meet; docs/errors.md is generated from it. */
export const errors = {
  UsageInvalid: {
    status: 400,
    retry: false,
    advice: 'See reign --help, or reign COMMAND --help.',
    templates: {
      cycleEnded: '{cycle} has already ended: {status}',
      weeks: '--weeks is {found}; {expected}',
      cycleEndedRetry: '{cycle} has ended ({status}). To start a new attempt: {command}',
      noWorkflow:
        'no workflow of {cycle} is running. End the cycle with reign cancel, or continue it with reign retrain',
      noEvidence: '{cycle} has no evidence to draw: it came to no judgement',
      nothingToVerify: 'name a cycle, a model with an asOf, or --all MODEL',
      noColumnNamed: '{file}: no column {column}{hint}; name one by {option}. There are: {columns}',
      policyColumns: '{file}: the policy needs the columns {missing}. There are: {columns}',
      columnEmpty: '{file}: the column {column} has no value in any row',
      oneValue: '{file}: the column {column} holds one value only; without a second nothing can be judged',
      manyTexts: '{file}: the column {column} holds more than 200 texts; expected classes, or numbers',
      notNumbers: '{file}: the column {column} holds {found}; expected numbers, since the task is regression',
      noScores: 'no column {missing}: of several classes there is one score a class. There are: {columns}',
      dayTwice:
        '{file}: --cluster day means the UTC day of the event time, and there is a column day too: leave --cluster out for the first, or give the column another name',
      noEventTime:
        '{file}: no column event_time, so rows of one day cannot be told; name one by --event-time, or what rows depend on by --cluster, or say --cluster none where each row is independent. There are: {columns}',
      manyValues: '{file}: the column {column} takes more than 200 values; expected classes',
      notTwoValues: '{file}: the column {column} takes {values:int} values; expected two, since the task is binary',
      positiveUnseen: '{file}: {column} is never {positive}; --positive is one of {classes}',
      positiveUnsaid: '{file}: which of {classes} the score is for has to be said: --positive VALUE',
      policyUnfit: 'the policy does not fit {file}: {problems}',
      policyUnreadable: '{file}: {problem}; expected a policy (YAML)',
      policyForm: '{file}: found {found}; expected one mapping `gate` with a policy, or a whole definition',
      command: '{problem}',
      checkUnknown: 'the gate has no check {name}{hint}',
      modelPromoted: '{model} has had a champion ({promotions:int} in its history): add --force to delete it anyway',
      modelBusy: '{model} has a cycle that has not ended: {cycle}. End it first: reign cancel {cycle} --reason TEXT',
      notConfirmed: 'nothing was deleted: {found} is not {model}',
      fileExists: '{file} is there already',
      logUnknown: 'there is no log of {part}{hint}. There are: {parts}',
      noLogs: 'no embedded part has written a log in {home}',
      followJson: '--follow never ends, and --json prints one document: use one of them',
      shellUnknown: 'no completion for the shell {shell}; expected one of {shells}',
      unreadable: '{file}: cannot be read: {reason}.',
      otherFormat: '{file}: cannot be read as {format}.',
      columnTwice: '{file}: has the column {column} more than once.',
      noRows: '{file}: has no rows.',
      noSlices: '{file}: the column {column} holds {type}, which rows cannot be grouped by.',
      infinite: '{file}: the column {column}: {infinite:int} of {all:int} are infinite.',
      noWeights:
        '{file}: the column {column}: {broken:int} of {all:int} weights are NULL, NaN, infinite or negative; expected numbers from 0.',
      weightsZero: '{file}: the column {column}: every weight is zero where there is a label.',
      noAmounts: '{file}: the column {column}: {missing:int} of {all:int} amounts are NULL, NaN or infinite.',
      noTimes: '{file}: the column {column} holds {type}; expected times or dates.',
      timesMissing: '{file}: the column {column} has no value in {rows:int} rows.',
      noNumbers: '{file}: the column {column} holds {type}; expected numbers.',
    },
  },
  DefinitionInvalid: {
    status: 422,
    retry: false,
    advice: 'Correct the definition and apply it again.',
    templates: {
      problems: '{problems}',
      entrypoint: '{place} pipeline.entrypoint: {problem}',
      reservedColumn: 'The column {column} has a name that stored predictions keep for themselves.',
    },
  },
  ModelUnknown: {
    status: 404,
    retry: false,
    advice: 'Apply a definition of this model first: reign apply FILE.',
    templates: {
      versionNotApplied: 'no version {version:int} of a definition of {model} has been applied',
      notNamed: 'no model is named {model}{hint}',
      deleted: '{model} was deleted by {by} at {at}: {reason}',
    },
  },
  VersionUnknown: {
    status: 404,
    retry: false,
    advice: 'List the cycles of the model with their versions: reign cycles MODEL.',
    templates: {
      notThere: '{model} has no version {version:int} to judge against',
    },
  },
  CycleUnknown: {
    status: 404,
    retry: false,
    advice: 'List the cycles of a model: reign cycles MODEL.',
    templates: {
      noId: 'no cycle has the id {id}{hint}',
      noAsOf: '{model} has no cycle for {asOf}',
      noneYet: '{model} has no cycle in the lineage {lineage} yet. Start one: reign retrain {model} --as-of T --wait',
      none: 'There is no cycle {cycle}',
      noRun: 'There is no cycle {cycle} that has named a run',
    },
  },
  AsOfInvalid: {
    status: 400,
    retry: false,
    advice: 'Give a date or an ISO 8601 time in whole seconds, such as 2001-02-12 or 2001-02-12T06:00:00Z.',
    templates: {
      notAnInstant: 'found {found}; expected a date or a time with zone, in whole seconds',
    },
  },
  AsOfInFuture: {
    status: 422,
    retry: false,
    advice: 'Choose an asOf that has passed.',
    templates: {
      future: 'asOf {asOf} lies in the future',
    },
  },
  AsOfBeforeChampion: {
    status: 409,
    retry: false,
    advice: "The live line of champions only moves forward: choose an asOf that is not before the reigning champion's.",
    templates: {
      beforeChampion: "asOf {asOf} lies before the champion's: {champion}",
    },
  },
  RequestForged: {
    status: 403,
    retry: false,
    advice: 'Start cycles with reign retrain, and see who can reach Temporal.',
    templates: {
      otherWorkflow: 'The workflow {workflow} asks for the cycle {cycle}, whose workflow has its id',
      actor: 'The request for {cycle} names an actor whom Temporal cannot vouch for',
      trigger:
        'The request for {cycle} names the trigger "{trigger}", and nothing of this installation starts such cycles',
    },
  },
  SettingMissing: {
    status: 500,
    retry: false,
    advice: 'Set what the message names, or start the stack with `npm run -s reign -- dev`.',
    templates: {
      notSet: 'no stack runs in {home}, and {variables} {are} not set',
      ledgerUrl: 'REIGN_LEDGER_OWNER_URL is set without REIGN_LEDGER_URL: set the login of the role that works, too.',
      store: 'REIGN_STORE is not set: the folder that keeps snapshots and evidence.',
      tracker: 'MLFLOW_TRACKING_URI is not set.',
      checkout: '{where} a checkout of Reign: name one by checkout= or REIGN_CHECKOUT.',
    },
  },
  SettingInvalid: {
    status: 500,
    retry: false,
    advice: 'Correct the environment variable that the message names.',
    templates: {
      trackerAddress:
        'MLFLOW_TRACKING_URI must be the http(s) address of an MLflow server; unset it for the embedded one.',
      temporal: "Temporal's settings (TEMPORAL_* or its configuration file) cannot be used: {reason}",
      postgresUrl:
        '{variable} is not a Postgres URL that Reign can use (postgresql://user:password@host:5432/database). {reason}',
      seconds: '{variable} is {found}; expected a whole number of seconds above zero',
      otherThanRunning:
        '{variables}: the running stack was started with another value. Restart the stack with this one, or unset {them}.',
      postgres: 'The Postgres URL cannot be used: {problem}',
      trackerUri: 'MLFLOW_TRACKING_URI is not an address that begins with http:// or https://',
      count: '{variable} is {found}; expected a whole number above zero.',
      store: 'REIGN_STORE cannot be used: {problem}.',
      noUser: 'REIGN_PIPELINE_USER is {user}: there is no such user.',
      noBoto3:
        "The trainer needs the package boto3 to read AWS's profiles: install it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      awsProfile: "AWS's profile gives no credentials ({exception}).",
    },
  },
  StackFailed: {
    status: 500,
    retry: false,
    advice: 'Fix what the message names and start again. Each part has a log in .reign/logs.',
    templates: {
      pythonMissing: "the project's Python environment is missing: run `npm run setup`",
      pythonMissingHere: 'The Python environment .reign/python is missing. Make it with `npm run setup`.',
      stoppedEarly: '{part} was stopped before it started.',
      stoppedUnhealthy: '{part} was stopped before it was healthy.',
      noPort: 'No free port was found on 127.0.0.1 between {lowest:int} and {highest:int}.',
      initdb: 'postgres: initdb failed ({how}). Log: {log}: {last}',
      strangePostgres: 'A Postgres server that Reign did not start uses {folder}: stop it.',
      placeUnreadable: "{file} cannot be read. It names the ledger's folder: fix or remove it.",
      copied:
        '{home} is a copy of {original}, whose databases lie in {folder}. To begin with empty ones here, remove {file} and the folders temporal and mlflow beside it.',
      databasesGone:
        'The embedded databases, the ledger among them, are gone: {folder} is missing or incomplete, though {file} names it. Restore that folder, or begin with an empty ledger: remove {file} and the folders temporal and mlflow beside it.',
      otherPostgres:
        'The databases in {folder} are of Postgres {found}, the installed one is {installed}: upgrade them with pg_upgrade.',
      noUser: 'Postgres does not run as root and there is no user "postgres" or "nobody": run Reign as another user.',
      noPostgres: 'There is no embedded Postgres for {system}: set REIGN_LEDGER_URL and REIGN_CONNECTION_WAREHOUSE.',
      otherStart: 'Another process starts a stack in {home}, which was not healthy within {seconds:int} s.',
      stopping: 'The stack is being stopped.',
      noTemporal:
        'There is no `temporal` on the PATH or in .reign/python: run `npm run setup`, or set TEMPORAL_ADDRESS.',
      ended: 'the stack ended by itself',
      endedBy: '{reason}',
      start: '{reason}',
      part: '{problem}',
    },
  },
  ConnectionUnknown: {
    status: 422,
    retry: false,
    advice: 'Set REIGN_CONNECTION_<NAME> for the trainer, the worker and the command line.',
    templates: {
      unknown: 'The connection "{name}" is not known (known: {known}). Set {variable} to its Postgres URL.',
      trainer: '{variable} is not set for the trainer.',
    },
  },
  QueryInvalid: {
    status: 422,
    retry: false,
    advice: 'Correct source.query and apply the definition again.',
    templates: {
      reserved:
        '{place}: the column {column} starts with reign_, which Reign keeps for its own columns; name it differently with AS.',
      parameters: "{place}: parameters such as $1 are not bound; use current_setting('reign.as_of') for Reign's bounds",
      noColumns: '{place}: it returns no columns',
      notOneSelect: '{place}: one SELECT is expected, which reads and does not write ({reason})',
      postgres: '{place}: {reason}',
      columnTwice: '{place}: it returns the column {column} more than once; name each differently with AS',
      empty: '{place}: empty; one SELECT is expected',
      secondStatement: '{place}: a second statement begins here; one SELECT is expected',
    },
  },
  ColumnMissing: {
    status: 422,
    retry: false,
    advice: 'Let source.query return the column, or correct its name in the definition.',
    templates: {
      notReturned: '{field}: source.query returns no column {column}.{meant} It returns {columns}.',
      notInSnapshot: 'The snapshot has no column {columns}.',
    },
  },
  ColumnTypeUnsupported: {
    status: 422,
    retry: false,
    advice: 'Cast the column in source.query to a supported type.',
    templates: {
      cast: '{field}: the column {column} is of type {type}; cast it in the query, such as {cast}.',
      unfit: '{field}: the column {column} is of type {type}; expected is {expected}.',
    },
  },
  ValueOutOfRange: {
    status: 422,
    retry: false,
    advice: 'Cast or filter the column in source.query.',
    templates: {
      weights: 'The weight column {column} holds NULL, negative or infinite values.',
      weightsZero: 'Every weight in {column} is zero.',
      label: 'The label {label} holds infinite values.',
      integer:
        'A value of {column} lies beyond 2^53, where float64 skips integers. Cast it to text if it is a key, or to double precision if it is a quantity.',
      time: 'A value of {column} is infinite or outside the years 1 to 9999 of the calendar.',
    },
  },
  TextInvalid: {
    status: 422,
    retry: false,
    advice:
      "Convert the column in source.query, such as convert_from(convert(convert_to(NAME, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII').",
    templates: {
      notUtf8: 'A value of {column} is not valid UTF-8, which a database of the encoding SQL_ASCII does not prevent.',
    },
  },
  RowIdInvalid: {
    status: 422,
    retry: false,
    advice: 'Let source.query return every row id once and none that is NULL.',
    templates: {
      null: 'The row id is NULL in {rows} of {all:int}.',
      repeated:
        'The row id of {rows} of {all:int} has been there before; the first is row {first:int} in the order of the row id.',
    },
  },
  QueryFailed: {
    status: 422,
    retry: false,
    advice: 'Run source.query in psql over the window to see the value that it fails on.',
    templates: {
      cannotRun: 'The source (connection {connection}) cannot run the query: {condition}.',
    },
  },
  StatementTimeout: {
    status: 504,
    retry: false,
    advice: 'Make the query faster (an index on the event time), or raise REIGN_STATEMENT_TIMEOUT.',
    templates: {
      stopped: 'The source (connection {connection}) stopped the query after {seconds} s.',
    },
  },
  WindowEmpty: {
    status: 422,
    retry: false,
    advice: 'Choose an asOf for which the source has rows, or correct the windows.',
    templates: {
      noRows: '{window} has no rows',
      training: 'The training window holds no rows.',
      holdout: 'The holdout window holds no rows.',
    },
  },
  LabelMissing: {
    status: 422,
    retry: false,
    advice: 'Check the label column and horizon and lag: at asOf no row of the window shows its label.',
    templates: {
      allNull: '{window} has {rows:int} rows, and {label} is NULL in all of them',
      training: 'No row of the training window has a label in {label}.',
    },
  },
  ClassUnknown: {
    status: 422,
    retry: false,
    advice: 'Add the class to label.classes, or leave such rows out in source.query.',
    templates: {
      otherClasses: '{window} has {rows:int} rows whose {label} is none of the classes {classes}',
      otherKind:
        'The label {label} holds {type}, label.classes are {classes}: give the classes as the query returns them.',
      none: '{unknown:int} of {all:int} rows have a label in {label} that label.classes does not list.',
    },
  },
  OneClass: {
    status: 422,
    retry: false,
    advice: 'Choose a longer window, or an asOf for which the window holds every class.',
    templates: {
      one: '{window} holds only the class {class} of {label}, in {rows:int} rows',
      training: 'Every row of the training window has the class {only}.',
    },
  },
  PipelineImport: {
    status: 422,
    retry: false,
    advice:
      "Make the file import in the trainer's environment: reign try FILE shows the traceback. A library is added by `reign dev --with LIBRARY`, or with pip beside a trainer of your own.",
    templates: {
      raised: '{place}{file} does not import: {exception}.',
    },
  },
  PipelineInvalid: {
    status: 422,
    retry: false,
    advice: 'Correct the pipeline and apply the definition again.',
    templates: {
      weight: 'source.weight is given, but {problem}.',
      raised: '{place}{function} raised: {exception}.',
      notPickled: 'The fitted pipeline cannot be pickled ({exception}).',
      noPlainFile: "The saved model's {file} is not a plain file.",
      outOfTime: 'The time allowed has passed; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
      noColumn: '{place}: the query has no column `{column}`.{hint}',
      fractionalClasses:
        '{place}: scikit-learn takes no fractional numbers as classes; let the query cast the label to text.',
      codesOnly:
        '{place}: {owner} hands the labels to {estimator}, which takes 0, 1 and so on only. Reign encodes them for {estimator} as the last step of a Pipeline or alone; here let the query return numbers from 0, and give label.classes as these.',
      notClonable:
        '{place}: {owner} clones a {part}, and it cannot be cloned ({exception}): its `__init__` has to keep {parameter} as given.',
      classUnknown: '{place}: scikit-learn has no transformer or estimator `{name}`.{hint}',
      packageUnknown:
        "{place}: `{path}` is not in a package on the trainer's allow-list: {packages}. Others are added by REIGN_TRAINER_PACKAGES.",
      nameUnknown: '{place}: {module} has no `{name}`.{hint}',
      notAClass: '{place}: `{path}` is a {type}; expected is a class with `fit`.',
      foreignClass: "{place}: `{path}` comes from {module}, which is not on the trainer's allow-list.",
      noFit: '{place}: `{path}` has no `fit`; expected is a transformer or an estimator.',
      moduleUnknown: "{place}: there is no module {module} in the trainer's environment.",
      moduleFails: "{place}: {module} does not import in the trainer's environment: {exception}.",
      parametersMissing:
        '{place}: {step} needs {parameters}. Where that is an estimator, write the pipeline in Python and name it by `entrypoint`.',
      notMade: '{place}: {step} cannot be made: {exception}.',
      parameterUnknown: '{place}: {step} has no parameter `{parameter}`.{hint}',
      innerEstimator:
        '{place}: an estimator inside another one: write the pipeline in Python and name it by `entrypoint`.',
      countOrShare: '{place}: 1 may be a count or a share of 100 % here: give another number, or leave it out.',
      parameterValue: '{place}: found {found}; expected is one of: {expected}.',
      parameterInvalid: '{place}: {problem}',
      noPredict: '{place}: {step} has no `predict`; expected is an estimator.',
      noTransform: '{place}: {step} has no `transform`; expected is a transformer.',
      encodesLabels: '{place}: {step} encodes labels, which Reign does by itself; for features take OrdinalEncoder.',
      returnedClass: '{place}: returned the class {estimator}; expected is an instance: {estimator}().',
      noEstimator:
        '{place}: returned {found}; expected is a scikit-learn Pipeline or estimator with `fit` and `predict`.',
      weightAt: '{place}: source.weight is given, but {problem}.',
      parametersUnreadable:
        '{place}: its parameters cannot be read ({exception}): `__init__` of a class of your own has to name every parameter and to keep it under that name.',
      noTransformer: '{place}: {found} has no `fit` and `transform`.',
      ownTransformer:
        '{place}: a ColumnTransformer clones its transformers: write `class {transformer}(TransformerMixin, BaseEstimator)`.',
      resampling: "{place}: scikit-learn's Pipeline takes no {step}; take imblearn.pipeline.Pipeline.",
      classifier: '{place}: {estimator} is a classifier; expected is a regressor, since the task is regression.',
      regressor: '{place}: {estimator} is a regressor; expected is a classifier, since the task is {task}.',
      noProbabilities:
        '{place}: {estimator} has no `predict_proba` with these parameters; expected is a classifier with probabilities (CalibratedClassifierCV gives them to any).',
      fitted: '{place}: returned a fitted {estimator}; expected is one that Reign fits.',
      featureUnknown: '{place}: there is no feature `{column}`.{hint} Features are: {features}.',
      functionUnknown: '{place}: there is no function `{function}`.{hint}',
      notAFunction: '{place}: `{function}` is a {type}; expected is a function.',
      takesArguments: '{place}: `{function}` takes arguments ({arguments}); expected is a function without.',
      fileMissing: '{place}: there is no file {file} beside the definition.',
      fileShadows: '{place}: {file} has the name of the module `{module}`: give the file another one.',
      withoutCode: '{place}: the definition was stored without its code.',
    },
  },
  FitFailed: {
    status: 422,
    retry: false,
    advice: 'Run reign try FILE --as-of T: it shows the traceback, cut to your own lines.',
    templates: {
      raised: '{exception} in {doing}{where}.',
      raisedOnEmptyColumns:
        '{exception} in {doing}{where}. {columns} {are} NULL in every training row, which not every estimator takes.',
    },
  },
  PredictionsInvalid: {
    status: 422,
    retry: false,
    advice: 'Let the pipeline predict finite numbers (probabilities between 0 and 1) for every row.',
    templates: {
      shape: 'The predictions have the shape {shape}; expected is {expected}.',
      infinite: '{infinite:int} of {all:int} predictions are NaN or infinite.',
      outside: '{outside:int} of {all:int} probabilities lie outside of 0 to 1.',
      unequal: 'The probabilities of {unequal:int} of {rows:int} rows do not add up to 1.',
      notNumbers: 'The predictions are not numbers.',
      columnInfinite: '{file}: the column {column}: {infinite:int} of {all:int} predictions are NULL, NaN or infinite.',
      columnOutside: '{file}: the column {column}: {outside:int} of {all:int} probabilities lie outside of 0 to 1.',
      raised: '{version}: {exception} in predicting {rows}{where}.',
      moduleMissing:
        '{version} needs {module} when it predicts, and does not bring it along: import it at the top of the file, so that it belongs to the version.',
      rawRequest: "MLflow cannot read raw JSON by the version's signature ({exception}).",
    },
  },
  OutOfMemory: {
    status: 507,
    retry: false,
    advice: 'Give the trainer more memory, shorten the training window, or select fewer columns.',
    templates: {
      refused: 'Python could not get the memory that it asked for.',
      killed: 'The system killed the process for memory{limit}, at the stage {stage}.{used}',
    },
  },
  FittedModelDiffers: {
    status: 422,
    retry: false,
    advice:
      'Let the fitted pipeline depend on nothing but its own state: no global configuration, environment variables, files or random numbers when it predicts.',
    templates: {
      answers:
        '{version}, as a clean process loads it, answers {differ:int} of {all:int} training rows otherwise than the pipeline that was fitted, by up to {largest}. Likely cause: {cause}.',
    },
  },
  FitTimeout: {
    status: 504,
    retry: false,
    advice: 'Raise REIGN_FIT_TIMEOUT, or make the fit cheaper.',
    templates: {
      outOfTime: 'The time allowed has passed; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
    },
  },
  PredictTimeout: {
    status: 504,
    retry: false,
    advice: 'Make predicting faster, or raise REIGN_PREDICT_TIMEOUT.',
    templates: {
      outOfTime: 'The time allowed has passed; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
    },
  },
  VersionUnloadable: {
    status: 422,
    retry: false,
    advice: 'The version needs the environment it was fitted in: see its requirements in MLflow.',
    templates: {
      strangeName: '{version} is named in a way that no trainer knows.',
      noModelFile: '{version} has no file MLmodel.',
      cannotLoad: '{version} cannot be loaded: {exception}; {libraries}.',
    },
  },
  VersionAltered: {
    status: 409,
    retry: false,
    advice: "The version's files in MLflow are not those that were fitted: restore them from a backup, or retrain.",
    templates: {
      files: 'The files of {name} are not those that were fitted. {what}',
    },
  },
  MeasurementImpossible: {
    status: 422,
    retry: false,
    advice: "Choose a longer holdout, or correct the pipeline's predictions.",
    templates: {
      noPredictions: 'The challenger has no predictions.',
    },
  },
  TrackerRefused: {
    status: 502,
    retry: false,
    advice: 'See the message: MLflow refuses the request itself.',
    templates: {
      registryDiffers:
        "Version {version:int} of {model} reigns by the ledger (cycle {cycle}), but MLflow {found}: the registry was reset or replaced, or the version was changed by hand; the alias {alias} was not set. Restore MLflow's database",
      refused: 'MLflow refuses {request} ({code}): {reason}',
      asked: 'MLflow, asked to {attempt}: {reason}',
    },
  },
  StoreCorrupt: {
    status: 500,
    retry: false,
    advice: 'A stored file does not match its hash: restore it from a backup, or retrain for another asOf.',
    templates: {
      reference: 'A reference in Temporal names no document of the store.',
      notManifest: "The store's {object} is not the manifest of these rows.",
      hash: "The store's {object} does not match its hash.",
      manifestHash: "The store's {object} does not match the hash in its manifest.",
      missing: 'The store has no {object}.',
      unreadable: "The store's {object} cannot be read.",
      valuesHash: "The values in the store's {object} do not match its hash.",
      noParquet: "The store's {object} cannot be read as Parquet.",
      noColumn: "The store's {object} has no column {columns}.",
      otherRowIds: "The row ids in the store's {object} are not those of the snapshot.",
      otherRows: "The store's {object} is about other rows than this snapshot.",
      noCodePack: "The store's {object} is not a code pack.",
      fileOutside: "The store's {object} names a file outside of its folder.",
      fitName: 'No fit has such a name.',
      fitPart: 'A kept fit has no {part}.',
    },
  },
  DiskFull: {
    status: 507,
    retry: false,
    advice: 'Free space on the disk that the message names, then retrain.',
    templates: {
      full: 'The disk of {place} is full: {free:int} MiB are free.',
    },
  },
  LedgerOutdated: {
    status: 500,
    retry: false,
    advice:
      'Run reign migrate with REIGN_LEDGER_OWNER_URL set to the login of the role that owns the ledger; docs/ledger.md names both roles.',
    templates: {
      lacks: 'The ledger lacks {names}, and the role {role} does not own it',
    },
  },
  LedgerConflict: {
    status: 409,
    retry: false,
    advice: "Look at the ledger's events for this cycle.",
    templates: {
      definitionLost: 'the ledger has lost definition version {version:int} of {model}',
      noRun: 'Cycle {cycle} has named no run to register',
      definitionGone:
        'the ledger has no definition version {definitionVersion:int} of {model}, by which version {version:int} was fitted',
      noOutcome: 'the cycle {cycle} has ended, but the ledger does not say how',
      reignsUnfitted: '{model}: {version} reigns, which no cycle of this ledger fitted',
      noTrainWindow: 'Cycle {cycle} has no training window',
      noDecision: 'Cycle {cycle}: there is no decision {decision:int}',
      unregistered: 'Version {version} is not registered',
      versionUnknown: 'The ledger knows no version {version:int} of {model}',
      noCycle: 'Version {version} names no cycle',
      versionWithoutRun: 'Version {version} names no run',
      otherRequest: 'The idempotency key {key} of {actor} belongs to another request',
      otherId: 'Cycle {cycle}: its model, lineage, asOf and version have another id',
      otherEvidence: 'Judgement {number:int} of cycle {cycle} is about other evidence already',
      refused: 'The ledger refuses: {reason}',
      attemptReplaced: 'Cycle {cycle}: attempt {attempt:int} was replaced by attempt {newer:int}',
      notMigrated: 'The ledger cannot be migrated: {reason}',
      settled: 'Cycle {cycle} is {status} already, not {other}',
      digest: "Cycle {cycle}: the digest of the model's files is not that of their list",
      noSnapshot: 'Cycle {cycle} has named no training snapshot',
      otherFit:
        'Cycle {cycle} has a version already, fitted on other rows or in another environment than now, which was judged or is being judged; apply a new definition version or choose another asOf',
      otherFiles:
        'Cycle {cycle} has named the files of its model {model} already, and these are others: the run was fitted twice, or its model was changed in MLflow; choose another asOf, or apply a new definition version',
      otherRegistry:
        "MLflow gave version {version:int} of {model}, which the ledger knows as another cycle's ({cycle}): the registry was reset or replaced; restore MLflow's database, or apply the definition under another model name",
      judgedAndGone:
        'Cycle {cycle}: an earlier attempt was judged, but its run {run} or model {model} is no longer in MLflow; restore it there, apply a new definition version or choose another asOf',
      otherModel: 'Cycle {cycle}: {uri} was fitted, but its model is {model}',
      otherTraining:
        'The model of {cycle} was fitted with another training snapshot ({was}, now {now}); apply a new definition version or choose another asOf.',
    },
  },
  SourceUnavailable: {
    status: 503,
    retry: true,
    advice: 'Check the warehouse; the cycle goes on by itself when it answers.',
    templates: {
      flights: 'loading the flights failed: {reason}',
      noAnswer: 'The warehouse does not answer: {reason}.',
      connection: 'The source (connection {connection}) does not answer: {reason}.',
      brokeOff: 'The source (connection {connection}) broke off in the middle.',
      gaveUp: 'The source (connection {connection}) gave up: {condition}.',
    },
  },
  TrackerUnavailable: {
    status: 503,
    retry: true,
    advice: 'Check MLflow; the cycle goes on by itself when it answers.',
    templates: {
      notMlflow: 'What answers is no MLflow server',
      aliasMoves: 'Something else keeps moving the alias {alias} of {model} as fast as Reign sets it',
      noAnswer: 'MLflow at {address} does not answer: {reason}',
      answers: 'MLflow answers {status:int} to {request} ({code}): {reason}',
      strange: 'MLflow {where} {status:int} to {request}: {problem}{hint}',
      loginRefused: 'MLflow {where} 401 to {request}: it refuses the login; check {setting}',
      asked: 'MLflow, asked to {attempt}: {reason}',
      outOfTime: 'The time allowed has passed; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
    },
  },
  StoreUnavailable: {
    status: 503,
    retry: true,
    advice: 'Check the store: its disk, or its bucket and credentials; the cycle goes on by itself when it can write.',
    templates: {
      noEvidence: 'the store that is reachable from here has no evidence/{evidence}',
      noFolder: "The store's folder is not there.",
      failed: 'Cannot {attempt}: {reason}.',
      otherBytes: '{place} answers other bytes than it was given.',
      fitGone: 'Cannot write {object}: another attempt wrote it, and it is gone.',
    },
  },
  LedgerUnavailable: {
    status: 503,
    retry: true,
    advice: "Check the ledger's Postgres; the cycle goes on by itself when it answers.",
    templates: {
      noAnswer: 'The ledger does not answer: {reason}',
      refused: "The ledger's Postgres refuses: {reason}",
      leaseTaken: 'The lease "{lease}" was not free within {seconds:int} s; {owner} held it last',
      notMigrated: "The ledger's tables are missing: its migrations have not run ({reason})",
    },
  },
  OrchestratorUnavailable: {
    status: 503,
    retry: true,
    advice:
      'Start the stack with `npm run -s reign -- dev`, or check TEMPORAL_ADDRESS; reign doctor shows what is reachable.',
    templates: {
      noAnswerAt: 'Temporal at {address} does not answer: {reason}',
      noAnswer: 'Temporal does not answer: {reason}',
    },
  },
  WorkerMissing: {
    status: 503,
    retry: true,
    advice:
      'Start the stack with `npm run -s reign -- dev`, or a worker and a trainer; reign doctor shows who listens.',
    templates: {
      noneListens: 'no worker is listening on the queue {queue}',
    },
  },
  Interrupted: {
    status: 503,
    retry: true,
    advice: 'Run the command again: it finds what was done.',
    templates: {
      cancelling: 'stopped waiting; {cycle} is being cancelled',
      starting: 'interrupted while starting',
      loadingFlights: 'interrupted while loading the flights',
      workflowGoesOn: 'stopped waiting; {workflow} goes on',
      whatThen: 'interrupted; {then}',
      awaitingWorker: 'interrupted while waiting for a worker',
      command: 'interrupted',
      workflowCancelled: 'the workflow was cancelled',
    },
  },
  ChildDied: {
    status: 500,
    retry: true,
    advice:
      "Something ended the process: a native library, os._exit, the memory limit. See the trainer's log (`reign dev` keeps it in .reign/logs/trainer.log).",
    templates: {
      ended: 'The process ended {how}, at the stage {stage}.{used}',
      notStarted: 'No process could be started ({exception}).',
      outOfTime: 'The time allowed has passed; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
      otherAnswer: 'The process answered something else than was asked for.',
      longAnswer: 'The process answered more than {limit:int} bytes.',
      notJson: 'The process answered something that is not JSON.',
      noError: 'The process answered with something that is not an error.',
      forbiddenError: 'The process answered with an error that it may not raise.',
      noAnswers: 'The process left no answers.',
      trainerStopped: 'The trainer was stopped.',
    },
  },
  Internal: {
    status: 500,
    retry: true,
    advice: "See the worker's and the trainer's log; please report it.",
    templates: {
      noAnswer: 'python -m {module} ended without an answer: {reason}',
      terminated: 'the workflow was terminated in Temporal',
      timedOut: 'timed out in Temporal: {reason}',
      unforeseen: '{reason}',
      trainer: '{exception} in the trainer.',
      trainerAt: "{exception} in the trainer's {place}.",
      commandLine: "Reign's command line in {checkout} ended with {exit:int}: {said}",
    },
  },
} as const satisfies Record<string, ErrorEntry>;

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
