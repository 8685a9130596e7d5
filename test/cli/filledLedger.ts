import { parse } from 'yaml';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { migrate } from '../../ledger/migrate.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { type Ledger, openLedger } from '../../ledger/openLedger.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameFit, nameRun, nameVersion } from '../../ledger/versions.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId, type PrimaryResult } from '../../schemas/cycle.ts';
import { Definition, Gate } from '../../schemas/definition.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';
import { validDefinition } from '../definition/valid.ts';

export const model = 'flight-delay';
const hash = (text: string) => text.repeat(64).slice(0, 64);

/** A migrated ledger with one definition of `flight-delay`. */
export async function ledgerWithModel(url: string): Promise<Ledger> {
  const ledger = openLedger(url);
  await migrate(ledger.db);
  const definition = Definition.parse(parse(validDefinition));
  await storeDefinition(ledger.db, { definition, codeHash: hash('c'), columns: [], appliedBy: osUser('ada') });
  return ledger;
}

const windows = {
  train: { from: '2001-01-01T00:00:00Z', to: '2001-01-29T00:00:00Z' },
  holdout: { from: '2001-01-29T00:00:00Z', to: '2001-02-12T00:00:00Z' },
};

/** Opens a cycle, as a workflow does. */
export async function claimed({ db }: Ledger, asOf: string, definitionVersion = 1, lineage = 'live'): Promise<string> {
  const key = { model, lineage, asOf, definitionVersion };
  const id = cycleId(key);
  await claimCycle(db, { id, ...key, trigger: 'manual', windows, attemptToken: `run of ${id}` });
  return id;
}

interface Judged {
  readonly asOf: string;
  readonly version: number;
  readonly against: { readonly version: number; readonly epoch: number; readonly cycle: string } | null;
  readonly kind: VerdictKind;
  readonly primary: PrimaryResult;
}

/** A cycle that came to a verdict, and was promoted by it or kept. */
export async function judgedCycle(ledger: Ledger, { asOf, version, against, kind, primary }: Judged): Promise<string> {
  const { db } = ledger;
  const id = await claimed(ledger, asOf);
  const attempt = { id, attempt: 1 };
  const named = { queryHash: hash('e'), rows: 1000 };
  await nameSnapshots(db, attempt, [
    { ...named, purpose: 'train', contentHash: hash(`a${version}`), window: windows.train },
    { ...named, purpose: 'holdout', contentHash: hash(`b${version}`), window: windows.holdout },
  ]);
  await nameRun(db, attempt, { experimentId: '1', runId: `run-${version}`, modelId: `m-${version}` });
  await nameFit(db, attempt, {
    modelUri: `models:/m-${version}`,
    rows: 1000,
    trivial: [0.8, 0.2],
    trainingMetrics: {},
    environmentHash: hash('d'),
    python: '3.12.0',
  });
  await nameVersion(db, attempt, version);
  const summary = kind === 'promote' ? 'It wins.' : 'It does not win.';
  const verdict = { kind, summary, deciding: 'primary', checks: [] };
  const epoch = against?.epoch ?? 0;
  await storeJudgement(db, {
    cycle: id,
    attempt: 1,
    number: 1,
    epoch,
    challenger: version,
    champion: against?.version ?? null,
    championCycle: against?.cycle ?? null,
    evidence: hash(`f${version}`),
    rehearsal: null,
    policy: { gate: Gate.parse({}), labels: 'complete' },
    verdict,
    primary,
  });
  if (kind === 'promote') {
    await promote(db, { cycle: id, judgementNumber: 1, epoch, version, reason: summary });
  }
  await recordOutcome(db, id, {
    status: kind === 'promote' ? 'promoted' : 'kept',
    verdict: kind,
    summary,
    primary,
    champion: against?.version ?? null,
    challenger: version,
    rows: { train: 1000, holdout: 1000, judged: 900 },
    evidence: hash(`f${version}`),
  });
  return id;
}

/** The first champion, one that does not beat it, and a cycle that failed. */
export async function ledgerWithCycles(url: string): Promise<Ledger> {
  const ledger = await ledgerWithModel(url);
  const measured = { metric: 'roc_auc', standardError: 0.005, clusters: 14, detectable: 0.015, wanted: 0.01 } as const;
  const cycle = await judgedCycle(ledger, {
    asOf: '2001-02-12T00:00:00Z',
    version: 1,
    against: null,
    kind: 'promote',
    primary: { ...measured, challenger: 0.68, champion: null, difference: 0.18, low: 0.17, high: 0.19 },
  });
  await judgedCycle(ledger, {
    asOf: '2001-02-19T00:00:00Z',
    version: 2,
    against: { version: 1, epoch: 1, cycle },
    kind: 'keep',
    primary: { ...measured, challenger: 0.67, champion: 0.68, difference: -0.01, low: -0.02, high: 0.001 },
  });
  const failed = await claimed(ledger, '2001-02-26T00:00:00Z');
  await recordOutcome(ledger.db, failed, {
    status: 'failed',
    summary: 'Failed during inspect: no rows',
    failure: {
      code: 'WindowEmpty',
      message: 'no rows',
      advice: 'Choose another asOf.',
      step: 'inspect',
      traceback: null,
    },
  });
  return ledger;
}
