import type { ErrorEntry } from './entry.ts';

/** What a person or a program asked for cannot be done: arguments, names and times. */
export const requestErrors = {
  UsageInvalid: {
    status: 400,
    retry: false,
    advice: 'See reign --help, or reign COMMAND --help.',
    templates: {
      endpointUnknown: 'no endpoint is named {name} in {file}{hint}',
      notificationUnknown: 'no undelivered notification has the id {id}; reign notify list shows them',
      noSchedule: '{model} has no schedule; expected a definition with schedule',
      cycleEnded: '{cycle} has already ended: {status}',
      weeks: '--weeks is {found}; {expected}',
      notAsked: '{cycle} does not wait for a decision: it is {status}. To list the cycles that wait: reign waiting',
      otherEvidenceSeen:
        '{cycle} rests on the evidence {evidence}, not on {seen}: it was judged again since. Look at it again with reign show {cycle}',
      noApprover: '{name} may not decide about {cycle}; its approvers are {approvers}',
      tooLate: 'the deadline for a decision about {cycle} was {until}. To see how it ended: reign show {cycle}',
      championChanged:
        '{cycle} was judged against epoch {judged:int}, but epoch {reigns:int} reigns now. It is judged again, and then asks again',
      backfillState: 'the backfill {id} is {status}; that cannot be followed by {change}',
      backfillDate:
        '{cycle} belongs to the backfill {backfill}. To run its failed dates again: reign backfill retry {backfill}',
      backfillRange: '--from {from} is after --to {to}',
      backfillTimes: '{model} has no schedule; give the distance between the dates: --every P7D',
      backfillEvery: '--every is {found}; expected an ISO 8601 duration of at least one second, such as P7D',
      backfillEmpty: 'there is no date from {from} to {to} at which {what} comes',
      backfillLong: 'the backfill would have more than {most:int} dates; expected fewer, or a longer --every',
      cycleEndedRetry: '{cycle} has ended ({status}). To start a new attempt: {command}',
      noWorkflow:
        'no workflow of {cycle} is running. End the cycle with reign cancel, or continue it with reign retrain',
      noEvidence: '{cycle} has no evidence to draw: it has not been judged',
      nothingToVerify: 'name a cycle, a model with an asOf, or --all MODEL',
      noColumnNamed: '{file}: there is no column {column}{hint}; name one with {option}. The columns are: {columns}',
      policyColumns: '{file} lacks columns that the policy needs: {missing}. The columns are: {columns}',
      columnEmpty: '{file}: the column {column} has no value in any row',
      oneValue: '{file}: the column {column} has the same value in every row; expected at least two different values',
      manyTexts: '{file}: the column {column} has more than 200 different strings; expected classes or numbers',
      notNumbers: '{file}: the column {column} holds {found}; expected numbers, because the task is regression',
      noScores:
        'there is no column {missing}; expected one column of scores for each class. The columns are: {columns}',
      dayTwice:
        '{file}: --cluster day could mean the UTC day of the event time or the column day. For the event time, leave --cluster out. For the column, rename it',
      noEventTime:
        '{file}: there is no column event_time, so Reign cannot group rows by day. Name the time with --event-time, or the column to group by with --cluster. If all rows are independent, use --cluster none. The columns are: {columns}',
      manyValues: '{file}: the column {column} has more than 200 different values; expected classes',
      notTwoValues:
        '{file}: the column {column} has {values:int} different values; expected two, because the task is binary',
      positiveUnseen:
        '{file}: no row of the column {column} has the value {positive}; expected --positive to be one of {classes}',
      positiveUnsaid:
        '{file}: the classes are {classes}; say which one the scores are probabilities of: --positive VALUE',
      policyUnfit: 'the policy cannot judge {file}: {problems}',
      policyUnreadable: '{file}: {problem}; expected a policy (YAML)',
      policyForm: '{file}: found {found}; expected a mapping `gate` that holds a policy, or a whole definition',
      command: '{problem}',
      checkUnknown: 'the gate has no check {name}{hint}',
      modelPromoted: '{model} has had a champion (promotions: {promotions:int}). Add --force to delete it anyway',
      modelBusy: '{model} has a cycle that has not ended: {cycle}. End it first: reign cancel {cycle} --reason TEXT',
      notConfirmed: 'nothing was deleted: found {found}; expected {model}',
      fileExists: '{file} already exists. Choose another model name, or move the file away',
      logUnknown: 'there is no log of {part}{hint}. The logs are: {parts}',
      noLogs: 'there are no logs in {home}: no embedded server, worker or trainer has run there',
      followJson: '--follow and --json cannot be used together: --follow never ends, and --json prints one document',
      shellUnknown: 'there is no completion for the shell {shell}; expected one of {shells}',
      unreadable: '{file} cannot be read: {reason}.',
      otherFormat: '{file} cannot be read as {format}.',
      columnTwice: '{file} has the column {column} more than once.',
      noRows: '{file} has no rows.',
      noSlices: '{file}: the column {column} holds {type}; rows cannot be grouped by it.',
      infinite: '{file}: {infinite:int} of {all:int} values in the column {column} are infinite.',
      noWeights:
        '{file}: {broken:int} of {all:int} weights in the column {column} are NULL, NaN, infinite or negative; expected finite numbers of at least 0.',
      weightsZero: '{file}: every row with a label has the weight zero in the column {column}.',
      noAmounts: '{file}: {missing:int} of {all:int} amounts in the column {column} are NULL, NaN or infinite.',
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
      versionNotApplied: '{model} has no definition version {version:int}',
      notNamed: 'no model is named {model}{hint}',
      deleted: '{model} was deleted by {by} at {at}: {reason}',
    },
  },
  ModelRetired: {
    status: 409,
    retry: false,
    advice: 'To retrain the model again, apply its definition: reign apply FILE.',
    templates: {
      retired: '{model} was retired by {by} at {at}: {reason}',
    },
  },
  VersionUnknown: {
    status: 404,
    retry: false,
    advice: 'List the cycles of the model with their versions: reign cycles MODEL.',
    templates: {
      notThere: '{model} has no version {version:int} to judge against',
      notOfModel: '{model} has no version {version:int}',
      nobodyReigns: '{model} has no champion in the lineage {lineage} at that time',
    },
  },
  RollbackRefused: {
    status: 409,
    retry: false,
    advice: 'List who reigned and when: reign history MODEL.',
    templates: {
      nobodyReigns: '{model} has no champion in the lineage {lineage}: there is nothing to roll back',
      noPredecessor: '{model} has no champion before version {version}. Name the version with --to',
      reigns: '{model}: version {version:int} is already the champion (epoch {epoch:int})',
      neverReigned:
        '{model}: version {version:int} has never been champion in the lineage {lineage}. To promote it against the verdict, add --override',
      moved: '{model}: epoch {epoch:int} reigns now, not epoch {asked:int}. Look at the new champion and ask again',
    },
  },
  OverrideRefused: {
    status: 409,
    retry: false,
    advice: "Read the version's cycle first: reign show CYCLE.",
    templates: {
      notAsked:
        '{model}: this command promotes against a verdict; say so with --override. The gate promotes versions that win, and reign approve decides about a review',
      invalid:
        '{model}: the verdict on version {version:int} is invalid (cycle {cycle}). Nobody can promote it: the comparison itself is broken',
      promote: '{model}: the verdict on version {version:int} is promote (cycle {cycle}). There is nothing to override',
      review:
        '{model}: the verdict on version {version:int} is review (cycle {cycle}). An override is only against keep or insufficient',
      unjudged: '{model}: version {version:int} has not been judged: its cycle {cycle} is {status}',
      otherLineage: '{model}: no cycle of the lineage {lineage} fitted version {version:int}',
      reigns: '{model}: version {version:int} is already the champion (epoch {epoch:int})',
      reigned:
        '{model}: version {version:int} has been champion (epoch {epoch:int}). To bring it back: reign rollback {model} --to {version:int} --reason TEXT',
      otherEvidence:
        '{model}: the last judgement of version {version:int} rests on the evidence {evidence}. Look at it and ask again',
      moved: '{model}: epoch {epoch:int} reigns now, not epoch {asked:int}. Look at the new champion and ask again',
    },
  },
  PromotionsNotHeld: {
    status: 409,
    retry: false,
    advice: 'List who reigned and when: reign history MODEL.',
    templates: {
      notHeld: '{model}: no rollback in the lineage {lineage} holds promotions back; the gate promotes by itself',
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
      noRun: 'There is no cycle {cycle} that has a run',
    },
  },
  BackfillUnknown: {
    status: 404,
    retry: false,
    advice: 'List the backfills of a model: reign backfill list MODEL.',
    templates: {
      none: 'there is no backfill {id}',
    },
  },
  BackfillRefused: {
    status: 409,
    retry: false,
    advice: 'Plan it anew: reign backfill MODEL --from TIME --to TIME --dry-run.',
    templates: {
      changed: 'the plan {id} no longer holds: {changes}',
      originLater:
        '{model}: version {version:int} was fitted for {asOf}, which is not before {from}. Start from an earlier version, or from none',
      nobodyBefore: '{model}: nobody reigned before {from}. Start with --start-from none',
    },
  },
  ChallengeRefused: {
    status: 409,
    retry: false,
    advice: 'See docs/notebook.md for what a version needs to challenge the champion.',
    templates: {
      notRegistered:
        'MLflow has no version {version:int} of {model}. Register it first: mlflow.register_model("models:/m-...", "{model}")',
      fittedHere:
        'Version {version:int} of {model} was fitted and judged by {cycle}. To see how: reign show {cycle}. To promote it against its verdict: reign promote {model} --version {version:int} --reason TEXT',
      ofOtherCycle:
        'Version {version:int} of {model} was made by the cycle {cycle}, which this ledger does not know. Register the model that you fitted as a version of its own',
      reigns: 'Version {version:int} of {model} is the champion already',
      trainedInHoldout:
        'Version {version:int} of {model} was fitted on rows until {trained}, and the holdout for {asOf} begins on {from}. The first asOf whose holdout begins later is {possible}',
      trainingKnown:
        'Version {version:int} of {model} was fitted on the rows from {from} to {to}, as {by}. Leave out --trained-on',
      trainingFixed:
        'Version {version:int} of {model} was registered with the ledger as fitted on {known}. That does not change: register it in MLflow as a new version to say otherwise',
      trainedOnInvalid: '--trained-on is {found}; expected two times, such as 2001-01-01/2001-02-01',
      trainedAfterRegistration:
        '--trained-on ends on {to}, after version {version:int} of {model} was registered on {registered}',
      noTracker: 'There is no MLflow to ask about version {version:int} of {model}: set MLFLOW_TRACKING_URI',
      filesChanged:
        'The files of version {version:int} of {model} are not those that it was registered with. Restore them, or register a new version',
      open: 'Version {version:int} of {model} has a challenge that has not ended: {cycle}. To end it: reign cancel {cycle} --reason TEXT',
      nowAndAsOf: 'found --now and --as-of; expected one of them',
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
      future: 'asOf {asOf} is in the future',
    },
  },
  AsOfBeforeChampion: {
    status: 409,
    retry: false,
    advice: 'Champions only move forward in time: choose an asOf that is not before that of the current champion.',
    templates: {
      beforeChampion: 'asOf {asOf} is before that of the champion, {champion}',
    },
  },
  RequestForged: {
    status: 403,
    retry: false,
    advice: 'Start cycles with reign retrain, and check who can reach Temporal.',
    templates: {
      otherWorkflow:
        'The workflow {workflow} asks for the cycle {cycle}; only a workflow with the id of the cycle may do this',
      actor: 'The request for {cycle} names an actor that a request through Temporal may not name',
      noNominalTime:
        'The request for {cycle} names the schedule of {model}, but {asOf} is not one of its nominal times',
      trigger:
        'The request for {cycle} names the trigger "{trigger}", but nothing in this installation starts such cycles',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
