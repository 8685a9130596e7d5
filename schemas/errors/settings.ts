import type { ErrorEntry } from './entry.ts';

/** An environment variable is missing or cannot be used. */
export const settingErrors = {
  SettingMissing: {
    status: 500,
    retry: false,
    advice: 'Set what the message names, or start the stack with `npm run -s reign -- dev`.',
    templates: {
      notSet: 'no stack runs in {home}, and {variables} {are} not set',
      ledgerUrl: 'REIGN_LEDGER_OWNER_URL is set, but REIGN_LEDGER_URL is not: set it to the login of the working role.',
      store: 'REIGN_STORE is not set; expected the folder or the bucket that keeps snapshots and evidence.',
      tracker: 'MLFLOW_TRACKING_URI is not set.',
      checkout: '{where} a checkout of Reign: name one with checkout= or REIGN_CHECKOUT.',
    },
  },
  SettingInvalid: {
    status: 500,
    retry: false,
    advice: 'Correct the environment variable or the file that the message names.',
    templates: {
      trackerAddress:
        'MLFLOW_TRACKING_URI must be the http(s) address of an MLflow server; unset it for the embedded one.',
      temporal: "Temporal's settings (TEMPORAL_* or its configuration file) cannot be used: {reason}",
      postgresUrl:
        '{variable} is not a Postgres URL that Reign can use (postgresql://user:password@host:5432/database). {reason}',
      seconds: '{variable} is {found}; expected a whole number of seconds above zero',
      otherThanRunning:
        '{variables}: the running stack was started with another value. Restart the stack with this one, or unset {them}.',
      notifications: '{file} cannot be used: {problem}',
      postgres: 'The Postgres URL cannot be used: {problem}',
      trackerUri: 'MLFLOW_TRACKING_URI is not an address that begins with http:// or https://',
      count: '{variable} is {found}; expected a whole number above zero.',
      store: 'REIGN_STORE cannot be used: {problem}.',
      noUser: 'REIGN_PIPELINE_USER is {user}, but there is no such user.',
      noBoto3:
        'The trainer needs the package boto3 to read AWS profiles: install it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      otherLedger:
        'REIGN_LEDGER_URL or TEMPORAL_NAMESPACE is wrong: the Temporal namespace {namespace} belongs to another ledger. If that ledger is gone, delete the schedule reign-reconcile in the namespace.',
      otherTemporal:
        "TEMPORAL_ADDRESS or TEMPORAL_NAMESPACE is wrong: it leads to the namespace {namespace} ({id}), but this ledger's cycles run in the namespace {own} ({ownId}). If Temporal was moved or made anew, run reign reconcile --moved-temporal once. Cycles that the new one does not know then end as failed.",
      awsProfile: 'The AWS profile gives no credentials ({exception}).',
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
} as const satisfies Record<string, ErrorEntry>;
