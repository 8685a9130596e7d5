import { describe, expect, test } from 'vitest';
import { reportParts } from '../../../cli/render/report.ts';
import { decide } from '../../../gate/decide.ts';
import { judgementReport } from '../../../report/judgement.ts';
import type { Evidence } from '../../../schemas/evidence.ts';
import { calibration, contender, controls, evidence, interval, metric, policy, slice } from '../../gate/evidence.ts';

const report = (shown: Evidence, width = 100, by = policy()) =>
  reportParts(judgementReport({ verdict: decide(shown, by), evidence: shown, policy: by }), undefined, width).join(
    '\n\n',
  );

const swapped = (rows: number, positiveRate: number | null) => ({ rows, labelled: rows - 1, positiveRate });

/** Evidence with everything in it that can be said. */
const full = evidence({
  anchor: contender({ unscorable: 'VersionUnloadable: it needs another environment' }),
  slices: [
    slice('region', 'north'),
    slice('region', null, { difference: interval(-0.04, -0.06, -0.02), holmHigh: -0.015, protected: true }),
    slice('age', '18 to 25', { difference: null, unmeasured: 'one class only', holmHigh: null }),
  ],
  foundSlices: [
    slice('region', 'south', {
      where: [
        { column: 'region', value: 'a very long name of a region that nobody would want to read in full' },
        { column: 'how_the_customer_came_to_us', value: 'friend' },
      ],
      difference: interval(-0.05, -0.07, -0.03),
      holmHigh: null,
    }),
  ],
  calibration: { challenger: calibration(), champion: calibration({ slope: null, intercept: null }) },
  swapSet: {
    cutoff: 0.3,
    accept: 'below',
    swapIns: swapped(1204, 0.123),
    swapOuts: swapped(900, null),
    acceptedByBoth: swapped(100, 0.1),
    rejectedByBoth: swapped(100, 0.1),
  },
  labels: {
    matureRows: 2000,
    unlabelled: 30,
    unlabelledShare: 0.015,
    newestEvent: null,
    cohorts: [],
    unlabelledTrend: null,
    trending: true,
    rateTrend: null,
    rateTrending: false,
  },
  observations: {
    document: 'a'.repeat(64),
    leaks: [{ column: 'paid_back', kind: 'near-perfect', strength: 0.999 }],
    shifted: ['amount'],
    flippedLabels: 12,
  },
  scoreShift: {
    column: 'score',
    psi: 0.31,
    ks: 0.14,
    auc: null,
    reference: { holdouts: 8, psi: 0.05, ks: null, auc: null },
    newCategories: null,
    newCategoryShare: null,
    vanishedCategories: null,
    vanishedCategoryShare: null,
    alarm: true,
  },
  followUp: {
    cycle: 'model.live.20010212T000000Z.v1',
    epoch: 3,
    window: { from: '2001-02-05T00:00:00Z', to: '2001-02-19T00:00:00Z' },
    rows: 1000,
    complete: false,
    promised: { estimate: 0.02, low: 0.01, high: 0.03 },
    found: interval(0.004, -0.006, 0.014),
    unmeasured: null,
  },
});

test('says what was declared, found, shifted, swapped and what became of the last promotion', () => {
  const text = report(full).replaceAll(/\n +/g, ' ');
  for (const said of [
    '✓  region = north',
    '✗  region = (none)',
    'protected',
    '?  age = 18 to 25',
    'one class only',
    'found',
    'challenger expected error 0.0100 [0.0000, 0.0200], slope 1.00 [0.90, 1.10]',
    'accepting below 0.3: the challenger alone 1,204 (1,203 with a label, 12.3 % of those positive)',
    'the champion alone 900 (899 with a label)',
    '1.5 % of 2,000 mature rows without one, and the share is drifting',
    'alarm: PSI 0.310 (usually up to 0.050), KS distance 0.140',
    'paid_back may give the label away; shifted: amount; 12 labels of the last holdout changed since',
    'cannot be scored: VersionUnloadable',
    'promoted at +0.0200 [+0.0100, +0.0300] by model.live.20010212T000000Z.v1',
    '(2001-02-05 to 2001-02-19, so far) +0.0040 [-0.0060, +0.0140] on 1,000 rows',
    '0.01 takes 120 clusters, here are 14, and a holdout that begins with this one has them on 2001-06-05',
  ])
    expect(text).toContain(said);
});

test.each([80, 100, 160])('no line is wider than a terminal of %i columns', (width) => {
  for (const line of report(full, width).split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
});

test("the policy's margin and minimum gain are drawn", () => {
  const text = report(full, 100, policy({ margin: 0.004, minimumGain: 0.002 }));
  expect(text).toContain('M -0.0040 margin');
  expect(text).toContain('G +0.0020 minimum gain');
});

describe('what is not there is not told', () => {
  test('nobody reigned: the lead over the trivial predictor decides', () => {
    const first = metric({ champion: null, difference: null, championLead: null });
    const text = report(evidence({ champion: null, metrics: { roc_auc: first } }));
    expect(text).toContain('ROC AUC against the trivial predictor');
    expect(text).toContain('lead over trivial [95 %]');
    expect(text).not.toMatch(/^(swap set|calibration|follow-up|anchor|selection|score shift) /m);
  });

  test('nothing could be measured', () => {
    const none = evidence({
      metrics: {},
      unmeasured: 'the holdout has no rows',
      detection: { wanted: 0.01, detectable: null, clustersNeeded: null, enoughOn: null, forecast: null },
      controls: null,
    });
    const text = report(none);
    expect(text).toContain('Nothing was measured: the holdout has no rows');
    expect(text).not.toContain('decides');
    expect(text).not.toMatch(/NaN|undefined|null/);
  });

  test('without the policy the controls are not told', () => {
    const shown = evidence({ controls: controls() });
    const text = reportParts(judgementReport({ verdict: null, evidence: shown, policy: null })).join('\n');
    expect(text).not.toContain('sign flips');
    expect(text).toContain('one-sided alpha 0.025, for this cycle');
  });
});

test('many slices: those that hold are counted', () => {
  const many = Array.from({ length: 40 }, (_, at) => slice('origin', `A${at}`));
  many.push(slice('origin', 'BAD', { difference: interval(-0.04, -0.06, -0.02), holmHigh: -0.015 }));
  const text = report(evidence({ slices: many }));
  expect(text).toContain('✗  origin = BAD');
  expect(text).toContain('and 40 more slices');
  expect(text).not.toContain('origin = A3');
});

test('every mark: passed, failed, unknown, noted and not run', () => {
  const statuses = ['passed', 'failed', 'unknown', 'noted', 'notRun'] as const;
  const checks = statuses.map((status) => ({ name: status, status, measured: 'm', required: 'r', why: 'w' }));
  const verdict = { kind: 'keep' as const, summary: 'It stays.', deciding: 'failed', checks };
  expect(reportParts(judgementReport({ verdict, evidence: null, policy: null })).join('\n')).toMatchInlineSnapshot(`
    "It stays.
    verdict  keep
    ✓ passed: m
        required: r
    ✗ failed (decided): m
        required: r
        w
    ? unknown: m
        required: r
        w
    • noted: m
        w
    – notRun: m"
  `);
});
