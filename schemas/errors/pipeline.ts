import type { ErrorEntry } from './entry.ts';

/** The author's code cannot be imported or built, or it breaks a rule. */
export const pipelineErrors = {
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
} as const satisfies Record<string, ErrorEntry>;
