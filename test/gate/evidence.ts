import { Gate } from '../../schemas/definition.ts';
import type {
  Calibration,
  Contender,
  Controls,
  Evidence,
  Interval,
  MetricEvidence,
  Selection,
  SliceEvidence,
} from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';

const hash = 'a'.repeat(64);

/** A 95 % interval whose bounds decide too. */
export function interval(
  estimate: number,
  low: number | null,
  high: number | null,
  changes: Partial<Interval> = {},
): Interval {
  return {
    estimate,
    standardError: low === null ? null : 0.01,
    low,
    high,
    level: 0.95,
    decidingLow: low,
    decidingHigh: high,
    alpha: 0.025,
    detectable: low === null ? null : 0.03,
    degreesOfFreedom: 13,
    clusters: 14,
    method: 'influence',
    ...changes,
  };
}

export function contender(changes: Partial<Contender> = {}): Contender {
  return {
    cycle: 'model.live.20010212T000000Z.v1',
    definitionVersion: 1,
    codeHash: null,
    trainSnapshot: 'b'.repeat(64),
    holdoutSnapshot: hash,
    predictions: hash,
    unscorable: null,
    fittedOnJudgedRows: 0,
    brokenScores: 0,
    trainWindow: { from: '2001-01-01T00:00:00Z', to: '2001-01-29T00:00:00Z' },
    ...changes,
  };
}

export function metric(changes: Partial<MetricEvidence> = {}): MetricEvidence {
  return {
    better: 'higher',
    challenger: 0.66,
    champion: 0.64,
    trivial: 0.5,
    alone: interval(0.66, 0.63, 0.69),
    difference: interval(0.02, 0.01, 0.03),
    lead: interval(0.16, 0.12, 0.2),
    championLead: interval(0.14, 0.1, 0.18),
    anchorDifference: null,
    ...changes,
  };
}

/** One value of a column in which the challenger does well. */
export function slice(column: string, value: string | null, changes: Partial<SliceEvidence> = {}): SliceEvidence {
  return {
    where: [{ column, value }],
    metric: 'roc_auc',
    margin: 0.01,
    protected: false,
    rows: 500,
    clusters: 14,
    challenger: 0.66,
    champion: 0.64,
    difference: interval(0.02, 0.005, 0.035),
    holmHigh: 0.04,
    unmeasured: null,
    ...changes,
  };
}

/**
 * Controls that a gate that works answers rightly.
 *
 * @param at where the policy draws its boundary
 */
export function controls(changes: Partial<Controls> = {}, at = 0): Controls {
  // Of 1,000 sign flips 2.4 % win.
  const lows = Array.from({ length: 1000 }, (_, index) => at + (index - 975.5) / 10_000);
  return {
    flips: { count: 1000, exhaustive: false, lows, skewness: 0 },
    shuffled: { difference: interval(-0.14, -0.17, -0.11), mustLose: true },
    planted: { gain: 0.06 + at, difference: interval(0.06 + at, 0.04 + at, 0.08 + at), notRun: null },
    shuffledFit: null,
    ...changes,
  };
}

/** The same evidence with controls that stand where a policy draws its boundary. */
export const controlledBy = ({ gate }: Policy, found: Evidence): Evidence => ({
  ...found,
  controls: controls(
    {},
    gate.win === 'superior' ? gate.minimumGain : found.champion === null ? 0 : -(gate.margin ?? 0),
  ),
});

/** Approvals at random that reach everybody. */
export function selection(changes: Partial<Selection> = {}): Selection {
  return {
    accepted: 1000,
    labelled: 1000,
    decidedBy: ['1'],
    weighted: true,
    overlap: 1,
    randomised: 0.4,
    largestWeight: 0.01,
    effectiveRows: 600,
    unreachable: 0,
    contradicted: 0,
    disagreement: 0,
    ...changes,
  };
}

export function calibration(changes: Partial<Calibration> = {}): Calibration {
  return {
    bins: [{ rows: 1000, predicted: 0.2, observed: { estimate: 0.2, low: 0.18, high: 0.22 } }],
    slope: { estimate: 1, low: 0.9, high: 1.1 },
    intercept: { estimate: 0, low: -0.1, high: 0.1 },
    expectedError: { estimate: 0.01, low: 0, high: 0.02 },
    ...changes,
  };
}

/** The part of a policy that a test is about, with the defaults of a definition for the rest. */
export const policy = (gate: Partial<Gate> = {}, labels: Policy['labels'] = 'complete'): Policy => ({
  gate: Gate.parse(gate),
  labels,
});

/** Evidence of a clear win over a champion; each test changes what it is about. */
export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    format: 2,
    model: 'model',
    lineage: 'live',
    asOf: '2001-02-19T00:00:00Z',
    task: 'binary',
    primary: 'roc_auc',
    classes: [false, true],
    positive: true,
    window: { from: '2001-02-05T00:00:00Z', to: '2001-02-19T00:00:00Z' },
    charge: { alpha: 0.025, account: 'cycle' },
    rowHash: hash,
    rows: {
      holdout: 1000,
      holdoutOfChampion: 1000,
      inBoth: 1000,
      unlabelled: 0,
      choseChampion: 0,
      labelsDiffer: 0,
      judged: 1000,
      effective: 1000,
      byClass: [800, 200],
    },
    clusters: { by: 'day', count: 14, largestShare: 0.1 },
    challenger: contender({ cycle: 'model.live.20010219T000000Z.v1' }),
    champion: contender(),
    anchor: null,
    choseChampion: [],
    trivial: [0.8, 0.2],
    identical: false,
    metrics: {
      roc_auc: metric(),
      log_loss: metric({ better: 'lower', trivial: 0.5, difference: interval(0.001, -0.001, 0.003) }),
    },
    unmeasured: null,
    detection: {
      wanted: 0.01,
      detectable: 0.03,
      clustersNeeded: 120,
      enoughOn: '2001-06-05T00:00:00Z',
      forecast: null,
    },
    slices: [],
    foundSlices: [],
    labels: {
      matureRows: 1000,
      unlabelled: 0,
      unlabelledShare: 0,
      newestEvent: null,
      cohorts: [],
      unlabelledTrend: null,
      trending: false,
      rateTrend: { estimate: 0, low: -0.001, high: 0.001 },
      rateTrending: false,
    },
    selection: null,
    calibration: null,
    swapSet: null,
    controls: controls(),
    shuffledFit: null,
    observations: { document: hash, leaks: [], shifted: [], flippedLabels: 0 },
    scoreShift: null,
    scoreReference: null,
    past: [],
    followUp: null,
    followUpRequest: null,
    rehearsal: { rows: 1000, mismatches: 0, largestDifference: 0 },
    ...changes,
  };
}
