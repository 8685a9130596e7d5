import type { ErrorEntry } from './entry.ts';

/** Fitting, predicting or measuring fails, or a fitted version has changed. */
export const fitErrors = {
  FitFailed: {
    status: 422,
    retry: false,
    advice: 'Run reign try FILE --as-of T: it shows the traceback, cut to your own lines.',
    templates: {
      raised: '{exception} in {doing}{where}.',
      raisedOnEmptyColumns:
        '{exception} in {doing}{where}. {columns} {are} NULL in every training row, which not every estimator accepts.',
    },
  },
  PredictionsInvalid: {
    status: 422,
    retry: false,
    advice: 'Let the pipeline predict finite numbers (probabilities between 0 and 1) for every row.',
    templates: {
      shape: 'The predictions have the shape {shape}; expected {expected}.',
      infinite: '{infinite:int} of {all:int} predictions are NaN or infinite.',
      outside: '{outside:int} of {all:int} probabilities are outside 0 to 1.',
      unequal: 'The probabilities of {unequal:int} of {rows:int} rows do not add up to 1.',
      notNumbers: 'The predictions are not numbers.',
      columnInfinite:
        '{file}: {infinite:int} of {all:int} predictions in the column {column} are NULL, NaN or infinite.',
      columnOutside: '{file}: {outside:int} of {all:int} probabilities in the column {column} are outside 0 to 1.',
      raised: '{version}: {exception} while predicting {rows}{where}.',
      moduleMissing:
        '{version} needs {module} to predict, but does not contain it: import it at the top of the file, so that it is stored with the version.',
      rawRequest: "MLflow cannot read raw JSON with the version's signature ({exception}).",
    },
  },
  OutOfMemory: {
    status: 507,
    retry: false,
    advice:
      'Give the trainer more memory (or the fit, if the definition limits it with `resources.memory`), shorten the training window, or select fewer columns.',
    templates: {
      refused: 'Python ran out of memory.',
      killed: 'The system killed the process at its memory limit{limit}; the stage was {stage}.{used}',
    },
  },
  FittedModelDiffers: {
    status: 422,
    retry: false,
    advice:
      'Let the fitted pipeline depend on nothing but its own state: no global configuration, environment variables, files or random numbers when it predicts.',
    templates: {
      answers:
        '{version}, loaded in a clean process, gives other predictions than the fitted pipeline for {differ:int} of {all:int} training rows, by up to {largest}. Likely cause: {cause}.',
    },
  },
  FitTimeout: {
    status: 504,
    retry: false,
    advice: 'Raise REIGN_FIT_TIMEOUT, or make the fit cheaper.',
    templates: {
      outOfTime: 'The process ran out of time; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
    },
  },
  PredictTimeout: {
    status: 504,
    retry: false,
    advice: 'Make predicting faster, or raise REIGN_PREDICT_TIMEOUT.',
    templates: {
      outOfTime: 'The process ran out of time; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
    },
  },
  VersionUnloadable: {
    status: 422,
    retry: false,
    advice: 'The version needs the environment it was fitted in: see its requirements in MLflow.',
    templates: {
      strangeName: '{version} has a name that no trainer knows how to load.',
      noModelFile: '{version} has no file MLmodel.',
      cannotLoad: '{version} cannot be loaded: {exception}; {libraries}.',
    },
  },
  VersionUnfit: {
    status: 422,
    retry: false,
    advice: 'Fit and log the version again as the message says, register it, and challenge with the new version.',
    templates: {
      noSignature:
        '{version} has no signature. Log it with signature=mlflow.models.infer_signature(X, model.predict(X)), or with an autolog that adds one.',
      noColumns: '{version} has a signature without named columns. Fit it on a DataFrame, such as that of reign.load.',
      featureMissing:
        '{version} needs {columns}, which the query of {model} does not give as a feature. Fit it without, or add it to source.query and source.features.',
      otherKind:
        '{version} takes {column} as {wanted}, and the query of {model} gives {given}. Fit it on the columns as reign.load gives them.',
      lossyCast:
        '{version} takes {column} as {wanted}, and {rows:int} of the rows hold a value that {wanted} cannot hold. Fit it on the columns as reign.load gives them.',
      otherTask: '{version} is {found}, and the task of {model} is {task}.',
      otherClasses:
        '{version} tells {found:int} classes apart, and {shared:int} of them are among the {classes:int} of {model}: {named}. Fit it on the labels as reign.load gives them.',
      labels:
        '{version} answers with labels, and the gate compares probabilities. Log it with mlflow.sklearn.log_model, or with a pyfunc_predict_fn that gives probabilities.',
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
} as const satisfies Record<string, ErrorEntry>;
