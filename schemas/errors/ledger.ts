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
} as const satisfies Record<string, ErrorEntry>;
