import type { ErrorEntry } from './entry.ts';

/** A server or a process fails: the embedded stack, Temporal, a worker, a trainer or one of its child processes. */
export const processErrors = {
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
      placeUnreadable: "{file}, which names the ledger's folder, cannot be read. Fix it or remove it.",
      copied:
        '{home} is a copy of {original}, whose databases are in {folder}. To start here with empty databases, remove {file} and the folders temporal and mlflow beside it.',
      databasesGone:
        'The embedded databases, including the ledger, are gone: {file} names {folder}, which is missing or incomplete. Restore that folder. Or start with an empty ledger: remove {file} and the folders temporal and mlflow beside it.',
      otherPostgres:
        'The databases in {folder} belong to Postgres {found}, but Postgres {installed} is installed: upgrade them with pg_upgrade.',
      noUser:
        'Postgres does not run as root, and there is no user "postgres" or "nobody" to run it as. Run Reign as another user.',
      noPostgres: 'There is no embedded Postgres for {system}: set REIGN_LEDGER_URL and REIGN_CONNECTION_WAREHOUSE.',
      otherStart:
        'Another process is starting a stack in {home}, but the stack was not healthy within {seconds:int} s.',
      stopping: 'The stack is being stopped.',
      noTemporal:
        'There is no `temporal` on the PATH or in .reign/python: run `npm run setup`, or set TEMPORAL_ADDRESS.',
      ended: 'the stack ended by itself',
      endedBy: '{reason}',
      start: '{reason}',
      part: '{problem}',
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
      noLedger: 'No worker of this ledger has run in the Temporal namespace {namespace} yet',
    },
  },
  WorkflowGone: {
    status: 500,
    retry: false,
    advice: 'Run the cycle again with reign retrain. It starts a new attempt.',
    templates: {
      unknown: 'Temporal no longer knows the workflow of {cycle}',
      terminated: 'The workflow of {cycle} was terminated in Temporal{by}{why}',
      over: 'The workflow of {cycle} ended in Temporal as {status}, and did not record how the cycle ended',
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
      workflowGoesOn: 'stopped waiting; {workflow} continues',
      whatThen: 'interrupted; {then}',
      awaitingWorker: 'interrupted while waiting for a worker',
      command: 'interrupted',
      workflowCancelled: 'the workflow was cancelled',
      workerStopped: 'the worker was stopped before it had finished this step; the next worker begins it again',
    },
  },
  ChildDied: {
    status: 500,
    retry: true,
    advice:
      "Find out what ended the process: a native library, os._exit or the memory limit. See the trainer's log (with `reign dev`: .reign/logs/trainer.log).",
    templates: {
      ended: 'The process ended {how}, at the stage {stage}.{used}',
      notStarted: 'No process could be started ({exception}).',
      outOfTime: 'The process ran out of time; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
      otherAnswer: 'The process returned something other than what was requested.',
      longAnswer: 'The process returned more than {limit:int} bytes.',
      notJson: 'The process returned something that is not JSON.',
      noError: 'The process returned an error in an unknown form.',
      forbiddenError: 'The process returned an error that it may not raise.',
      noAnswers: 'The process left no predictions.',
      trainerStopped: 'The trainer was stopped.',
    },
  },
  Internal: {
    status: 500,
    retry: true,
    advice: 'See the logs of the worker and the trainer, and please report the error.',
    templates: {
      noAnswer: 'python -m {module} ended without an answer: {reason}',
      terminated: 'the workflow was terminated in Temporal',
      timedOut: 'timed out in Temporal: {reason}',
      unforeseen: '{reason}',
      trainer: '{exception} in the trainer.',
      trainerAt: "{exception} in the trainer's {place}.",
      commandLine: "Reign's command line in {checkout} ended with exit code {exit:int}: {said}",
    },
  },
} as const satisfies Record<string, ErrorEntry>;
