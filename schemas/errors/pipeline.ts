import type { ErrorEntry } from './entry.ts';

/** The author's code cannot be imported or built, or it breaks a rule. */
export const pipelineErrors = {
  PipelineImport: {
    status: 422,
    retry: false,
    advice:
      "Make sure that the file can be imported in the trainer's environment: reign try FILE shows the traceback. To add a library, use `reign dev --with LIBRARY`, or pip if you run your own trainer.",
    templates: {
      raised: '{place}{file} cannot be imported: {exception}.',
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
      outOfTime: 'The process ran out of time; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
      noColumn: '{place}: the query has no column `{column}`.{hint}',
      fractionalClasses:
        '{place}: scikit-learn does not accept fractional numbers as classes; cast the label to text in the query.',
      codesOnly:
        '{place}: {owner} passes the labels to {estimator}, which accepts only 0, 1 and so on. Reign encodes labels only for an estimator that stands alone or is the last step of a Pipeline. Let the query return numbers from 0, and list these numbers in label.classes.',
      notClonable:
        '{place}: {owner} clones a {part}, which cannot be cloned ({exception}): its `__init__` must store {parameter} unchanged.',
      classUnknown: '{place}: scikit-learn has no transformer or estimator `{name}`.{hint}',
      packageUnknown:
        "{place}: `{path}` is not in a package on the trainer's allow-list: {packages}. To add packages, set REIGN_TRAINER_PACKAGES.",
      nameUnknown: '{place}: {module} has no `{name}`.{hint}',
      notAClass: '{place}: `{path}` is a {type}; expected a class with `fit`.',
      foreignClass: "{place}: `{path}` comes from {module}, which is not on the trainer's allow-list.",
      noFit: '{place}: `{path}` has no `fit`; expected a transformer or an estimator.',
      moduleUnknown: "{place}: there is no module {module} in the trainer's environment.",
      moduleFails: "{place}: {module} cannot be imported in the trainer's environment: {exception}.",
      parametersMissing:
        '{place}: {step} needs {parameters}. If that is an estimator, write the pipeline in Python and name it with `entrypoint`.',
      notMade: '{place}: {step} cannot be created: {exception}.',
      parameterUnknown: '{place}: {step} has no parameter `{parameter}`.{hint}',
      innerEstimator:
        '{place}: an estimator inside another one cannot be declared here: write the pipeline in Python and name it with `entrypoint`.',
      countOrShare:
        '{place}: 1 is ambiguous here: it could be a count or a share of 100 %. Give another number, or leave it out.',
      parameterValue: '{place}: found {found}; expected one of: {expected}.',
      parameterInvalid: '{place}: {problem}',
      noPredict: '{place}: {step} has no `predict`; expected an estimator.',
      noTransform: '{place}: {step} has no `transform`; expected a transformer.',
      encodesLabels:
        '{place}: {step} encodes labels, which Reign already does. To encode features, use OrdinalEncoder.',
      returnedClass: '{place}: returned the class {estimator}; expected an instance: {estimator}().',
      noEstimator: '{place}: returned {found}; expected a scikit-learn Pipeline or estimator with `fit` and `predict`.',
      weightAt: '{place}: source.weight is given, but {problem}.',
      parametersUnreadable:
        '{place}: its parameters cannot be read ({exception}): the `__init__` of your own class must name every parameter and store it under that name.',
      noTransformer: '{place}: {found} has no `fit` and `transform`.',
      ownTransformer:
        '{place}: a ColumnTransformer clones its transformers: write `class {transformer}(TransformerMixin, BaseEstimator)`.',
      resampling: "{place}: scikit-learn's Pipeline does not accept {step}; use imblearn.pipeline.Pipeline.",
      classifier: '{place}: {estimator} is a classifier; expected a regressor, because the task is regression.',
      regressor: '{place}: {estimator} is a regressor; expected a classifier, because the task is {task}.',
      noProbabilities:
        '{place}: {estimator} has no `predict_proba` with these parameters; expected a classifier with probabilities (CalibratedClassifierCV adds them to any classifier).',
      fitted: '{place}: returned a fitted {estimator}; expected an unfitted one, which Reign fits.',
      featureUnknown: '{place}: there is no feature `{column}`.{hint} The features are: {features}.',
      functionUnknown: '{place}: there is no function `{function}`.{hint}',
      notAFunction: '{place}: `{function}` is a {type}; expected a function.',
      takesArguments: '{place}: `{function}` takes arguments ({arguments}); expected a function without arguments.',
      fileMissing: '{place}: there is no file {file} beside the definition.',
      fileShadows: '{place}: {file} has the same name as the module `{module}`: rename the file.',
      withoutCode: '{place}: the definition was stored without its code.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
