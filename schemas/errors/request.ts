import type { ErrorEntry } from './entry.ts';

/** What a person or a program asked for cannot be done: arguments, names and times. */
export const requestErrors = {
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
} as const satisfies Record<string, ErrorEntry>;
