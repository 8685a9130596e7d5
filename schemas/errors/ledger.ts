import type { ErrorEntry } from './entry.ts';

/** The ledger refuses a change or does not answer. */
export const ledgerErrors = {
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
      noRun: 'Cycle {cycle} has no run to register',
      definitionGone:
        'the ledger has no definition version {definitionVersion:int} of {model}, from which {version} was fitted',
      noOutcome: 'the cycle {cycle} has ended, but the ledger does not say how',
      reignsUnfitted: '{model}: the champion {version} was not fitted by a cycle of this ledger',
      noTrainWindow: 'Cycle {cycle} has no training window',
      noDecision: 'Cycle {cycle} has no decision {decision:int}',
      unregistered: 'Version {version} is not registered',
      versionUnknown: 'The ledger knows no version {version:int} of {model}',
      noCycle: 'Version {version} has no cycle',
      versionWithoutRun: 'Version {version} has no run',
      otherRequest: 'The idempotency key {key} of {actor} belongs to another request',
      otherId:
        'Cycle {cycle} cannot be created: the ledger has a cycle with this model, lineage, asOf and version under another id',
      otherEvidence: 'Judgement {number:int} of cycle {cycle} already has other evidence',
      answered: 'The proposed rollback {proposal} was approved or rejected before',
      refused: 'The ledger refuses: {reason}',
      attemptReplaced: 'Cycle {cycle}: attempt {attempt:int} was replaced by attempt {newer:int}',
      notMigrated: 'The ledger cannot be migrated: {reason}',
      settled: 'Cycle {cycle} has already ended as {status}; it cannot become {other}',
      digest: "Cycle {cycle}: the digest of the model's files does not match their list",
      lineageTaken: '{model} has a lineage {name} already; choose another name',
      noSnapshot: 'Cycle {cycle} has no training snapshot',
      otherFit:
        'Cycle {cycle} already has a version that was judged or is being judged, and that version was fitted on other rows or in another environment. Apply a new definition version, or choose another asOf',
      otherFiles:
        'Cycle {cycle} already has other files for its model {model}: the run was fitted twice, or the model was changed in MLflow. Choose another asOf, or apply a new definition version',
      otherRegistry:
        "MLflow gave the new version of {model} the number {version:int}, which in the ledger belongs to the cycle {cycle}: the registry was reset or replaced. Restore MLflow's database, or apply the definition under another model name",
      judgedAndGone:
        'Cycle {cycle}: an earlier attempt was judged, but its run {run} or its model {model} is no longer in MLflow. Restore it there, apply a new definition version, or choose another asOf',
      otherModel: "Cycle {cycle}: {uri} was fitted, but the cycle's model is {model}",
      otherTraining:
        'The model of {cycle} was fitted on another training snapshot ({was}, now {now}). Apply a new definition version, or choose another asOf.',
    },
  },
  LedgerUnavailable: {
    status: 503,
    retry: true,
    advice: "Check the ledger's Postgres. The cycle continues by itself when Postgres answers.",
    templates: {
      noAnswer: 'The ledger does not answer: {reason}',
      refused: "The ledger's Postgres refuses: {reason}",
      notMigrated: "The ledger's tables are missing: its migrations have not run ({reason})",
    },
  },
  LedgerBusy: {
    status: 503,
    retry: true,
    advice: 'Another process is changing the same thing. Try again in two minutes.',
    templates: {
      leaseTaken: 'The lease "{lease}" was not free within {seconds:int} s; {owner} held it last',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
