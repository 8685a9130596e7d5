import type { Cycle, Judgement } from '../../../schemas/cycle.ts';
import type { Evidence, Interval, MetricEvidence } from '../../../schemas/evidence.ts';

const hash = (letter: string) => letter.repeat(64);

/** What a test of the table of cycles does not look at. */
export const measured = {
  metric: 'roc_auc',
  standardError: 0.001,
  clusters: 14,
  detectable: 0.003,
  wanted: 0.01,
} as const;

/** A cycle that was promoted, with anything of it changed. */
export function cycle(changes: Partial<Cycle> = {}): Cycle {
  return {
    id: 'flight-delay.live.20010219T000000Z.v1',
    model: 'flight-delay',
    lineage: 'live',
    asOf: '2001-02-19T00:00:00Z',
    definitionVersion: 1,
    kind: 'retrain',
    trigger: 'manual',
    status: 'promoted',
    waitsFor: null,
    attempt: 1,
    verdict: 'promote',
    summary: 'Promote: ROC AUC is higher by 0.0061.',
    challenger: 2,
    champion: 1,
    primary: { ...measured, challenger: 0.7012, champion: 0.6951, difference: 0.0061, low: 0.004, high: 0.0083 },
    rows: { train: 400_123, holdout: 200_456, judged: 190_000 },
    snapshots: { train: hash('a'), holdout: hash('b') },
    evidence: hash('c'),
    failure: null,
    startedAt: '2026-11-23T10:00:00.000Z',
    endedAt: '2026-11-23T10:01:05.000Z',
    ...changes,
  };
}

const interval = (estimate: number, low: number, high: number): Interval => ({
  estimate,
  standardError: 0.001,
  low,
  high,
  level: 0.95,
  decidingLow: low,
  decidingHigh: high,
  alpha: 0.025,
  detectable: 0.003,
  degreesOfFreedom: 13,
  clusters: 14,
  method: 'influence',
});

const contender = (name: string): Evidence['challenger'] => ({
  cycle: name,
  definitionVersion: 1,
  codeHash: null,
  trainSnapshot: hash('a'),
  holdoutSnapshot: hash('b'),
  predictions: hash('d'),
  unscorable: null,
  fittedOnJudgedRows: 0,
  brokenScores: 0,
  trainWindow: { from: '2001-01-06T00:00:00Z', to: '2001-02-03T00:00:00Z' },
});

const absolute: Pick<MetricEvidence, 'alone' | 'anchorDifference'> = {
  alone: interval(0.7, 0.69, 0.71),
  anchorDifference: null,
};

export const evidence: Evidence = {
  format: 2,
  model: 'flight-delay',
  lineage: 'live',
  asOf: '2001-02-19T00:00:00Z',
  task: 'binary',
  primary: 'roc_auc',
  classes: [0, 1],
  positive: 1,
  window: { from: '2001-02-04T00:00:00Z', to: '2001-02-18T00:00:00Z' },
  rowHash: hash('e'),
  charge: { alpha: 0.025, account: 'cycle' },
  rows: {
    holdout: 200_456,
    holdoutOfChampion: 200_456,
    inBoth: 200_456,
    unlabelled: 0,
    choseChampion: 10_456,
    labelsDiffer: 0,
    judged: 190_000,
    effective: 190_000,
    byClass: [150_000, 40_000],
  },
  clusters: { by: 'day', count: 14, largestShare: 0.08 },
  challenger: contender('two'),
  champion: contender('one'),
  anchor: null,
  choseChampion: [hash('f')],
  trivial: [0.8, 0.2],
  identical: false,
  metrics: {
    roc_auc: {
      ...absolute,
      better: 'higher',
      challenger: 0.7012,
      champion: 0.6951,
      trivial: 0.5,
      difference: interval(0.0061, 0.004, 0.0083),
      lead: interval(0.2012, 0.19, 0.21),
      championLead: interval(0.1951, 0.19, 0.2),
    },
    log_loss: {
      ...absolute,
      better: 'lower',
      challenger: 0.4512,
      champion: 0.451,
      trivial: 0.5012,
      difference: interval(-0.0002, -0.0011, 0.0007),
      lead: interval(0.05, 0.04, 0.06),
      championLead: interval(0.05, 0.04, 0.06),
    },
  },
  unmeasured: null,
  detection: { wanted: 0.01, detectable: 0.003, clustersNeeded: 3, enoughOn: '2001-02-07T00:00:00Z', forecast: null },
  slices: [],
  foundSlices: [],
  labels: {
    matureRows: 200_456,
    unlabelled: 0,
    unlabelledShare: 0,
    newestEvent: null,
    cohorts: [],
    unlabelledTrend: null,
    trending: false,
    rateTrend: null,
    rateTrending: false,
  },
  selection: null,
  calibration: null,
  swapSet: null,
  controls: null,
  shuffledFit: null,
  observations: null,
  scoreShift: null,
  scoreReference: null,
  past: [],
  followUp: null,
  followUpRequest: null,
  rehearsal: { rows: 1000, mismatches: 0, largestDifference: 0 },
};

export const judgement: Judgement = {
  cycle: cycle().id,
  number: 1,
  epoch: 1,
  challenger: 2,
  champion: 1,
  evidence: hash('c'),
  verdict: {
    kind: 'promote',
    summary: 'Promote: ROC AUC is higher by 0.0061 (95 % between 0.0040 and 0.0083).',
    deciding: 'primary-difference',
    checks: [
      {
        name: 'same-rows',
        status: 'passed',
        measured: '190,000 rows',
        required: 'the same',
        why: 'both saw the same rows',
      },
      {
        name: 'primary-difference',
        status: 'passed',
        measured: '+0.0040',
        required: '> 0',
        why: 'the lower bound decides',
      },
    ],
  },
  judgedAt: '2026-11-23T10:01:00.000Z',
};
