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
} as const satisfies Record<string, ErrorEntry>;
