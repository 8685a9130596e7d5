import type { Contender, Evidence, Interval, MetricEvidence } from '../../schemas/evidence.ts';

const hash = 'a'.repeat(64);

export function interval(estimate: number, low: number | null, high: number | null): Interval {
  return {
    estimate,
    standardError: low === null ? null : 0.01,
    low,
    high,
    level: 0.95,
    degreesOfFreedom: 13,
    clusters: 14,
    method: 'influence',
  };
}

export function contender(changes: Partial<Contender> = {}): Contender {
  return {
    cycle: 'model.live.20010212T000000Z.v1',
    definitionVersion: 1,
    codeHash: null,
    trainSnapshot: hash,
    holdoutSnapshot: hash,
    predictions: hash,
    unscorable: null,
    fittedOnJudgedRows: 0,
    ...changes,
  };
}

export function metric(changes: Partial<MetricEvidence> = {}): MetricEvidence {
  return {
    better: 'higher',
    challenger: 0.66,
    champion: 0.64,
    trivial: 0.5,
    difference: interval(0.02, 0.01, 0.03),
    lead: interval(0.16, 0.12, 0.2),
    championLead: interval(0.14, 0.1, 0.18),
    ...changes,
  };
}

/** Evidence of a clear win over a champion; each test changes what it is about. */
export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    format: 1,
    model: 'model',
    lineage: 'live',
    asOf: '2001-02-19T00:00:00Z',
    task: 'binary',
    primary: 'roc_auc',
    classes: [false, true],
    positive: true,
    window: { from: '2001-02-05T00:00:00Z', to: '2001-02-19T00:00:00Z' },
    rowHash: hash,
    rows: { holdout: 1000, inBoth: 1000, unlabelled: 0, choseChampion: 0, labelsDiffer: 0, judged: 1000 },
    clusters: { by: 'day', count: 14, largestShare: 0.1 },
    challenger: contender({ cycle: 'model.live.20010219T000000Z.v1' }),
    champion: contender(),
    metrics: { roc_auc: metric(), log_loss: metric({ better: 'lower', difference: interval(0.001, -0.001, 0.003) }) },
    unmeasured: null,
    rehearsal: { rows: 1000, mismatches: 0, largestDifference: 0 },
    ...changes,
  };
}
