import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../schemas/evidence.ts';
import { decide } from './decided.ts';
import { calibration, contender, controls, evidence, interval, metric, policy } from './evidence.ts';

describe('what is noted', () => {
  const flips = { count: 999, exhaustive: false, lows: Array<number>(999).fill(-0.01) };
  const noted = (changes: Partial<Evidence>) =>
    Object.fromEntries(
      decide(evidence(changes), policy())
        .checks.filter(({ status }) => status === 'noted')
        .map(({ name, measured }) => [name, measured]),
    );

  it.each<[Partial<Evidence>]>([
    [{ rows: { ...evidence().rows, byClass: [901, 99] } }],
    [{ clusters: { by: 'day', count: 13, largestShare: 0.1 } }],
    [{ clusters: { by: 'day', count: 14, largestShare: 0.21 } }],
    [{ controls: controls({ flips: { ...flips, skewness: -1.3 } }) }],
    [{ primary: 'expected_cost', metrics: { expected_cost: metric({ better: 'lower' }) } }],
  ])('that error rates were not measured on such data, without changing the verdict: %#', (changes) => {
    expect(noted(changes).domain).toContain('were not measured there');
    expect(decide(evidence(changes), policy()).kind).toBe('promote');
    expect(noted({}).domain).not.toContain('not measured');
  });

  it.each([
    [14, -1.1],
    [14, 3],
    [100, -0.59],
    [100_000, -10],
  ])('no skewness that chance gives, that is harmless or that so many clusters bear: %i, %d', (count, skewness) => {
    const clusters = { by: 'day' as const, count, largestShare: 0.1 };
    const { domain } = noted({ clusters, controls: controls({ flips: { ...flips, skewness } }) });
    expect(domain).not.toContain('skewed');
  });

  it('the age of both models, when judged and when they will serve', () => {
    const challenger = contender({
      cycle: 'other',
      trainWindow: { from: '2001-01-01T00:00:00Z', to: '2001-02-05T00:00:00Z' },
    });
    expect(noted({ challenger }).age).toBe(
      'challenger judged 0 days and served 14 days after its training ends; champion judged 7 days and served 21 days after its training ends',
    );
  });

  it('only what is there to be noted', () => {
    expect(Object.keys(noted({}))).toEqual(['detect', 'domain', 'detectable', 'age']);
  });

  it('shift, calibration, swap set, flipped labels, weights and what became of the last promotion', () => {
    const swapped = { rows: 20, labelled: 0, positiveRate: null };
    const found = noted({
      rows: { ...evidence().rows, effective: 640.4 },
      observations: { document: 'a'.repeat(64), leaks: [], shifted: ['income', 'age'], flippedLabels: 2 },
      scoreShift: {
        column: 'score',
        psi: 0.3,
        ks: 0.2,
        auc: null,
        reference: { holdouts: 8, psi: 0.1, ks: 0.1, auc: null },
        newCategories: null,
        newCategoryShare: null,
        vanishedCategories: null,
        vanishedCategoryShare: null,
        alarm: true,
      },
      calibration: {
        challenger: calibration({ slope: { estimate: 1.5, low: 1.2, high: 1.8 } }),
        champion: calibration({ intercept: { estimate: -0.5, low: -0.7, high: -0.3 } }),
      },
      swapSet: {
        cutoff: 0.3,
        accept: 'below',
        swapIns: swapped,
        swapOuts: { rows: 12, labelled: 12, positiveRate: 0.25 },
        acceptedByBoth: { rows: 700, labelled: 700, positiveRate: 0.1 },
        rejectedByBoth: { rows: 268, labelled: 268, positiveRate: 0.5 },
      },
      followUp: {
        cycle: 'model.live.20010212T000000Z.v1',
        epoch: 2,
        window: evidence().window,
        rows: 800,
        complete: false,
        promised: { estimate: 0.02, low: 0.01, high: 0.03 },
        found: interval(0.004, -0.002, 0.01),
        unmeasured: null,
      },
    });
    expect(found.shift).toBe('2 features shifted since training: income, age');
    expect(found['score-shift']).toContain('PSI 0.3');
    expect(found.calibration).toBe(
      'slope of the challenger 1.5 (1.2 to 1.8); intercept of the champion −0.5 (−0.7 to −0.3)',
    );
    expect(found['swap-set']).toBe(
      'accepted by the challenger alone 20 (0 with label), by the champion alone 12 (12 with label, 25 % positive)',
    );
    expect(found['flipped-labels']).toContain('2 labels');
    expect(found['effective-rows']).toContain('worth 640 equal ones');
    expect(found['follow-up']).toContain('ROC AUC +0.0200, next period +0.0040 on 800 rows so far');
  });
});

describe('what the features show', () => {
  const shift = (column: string, psi: number) => ({
    ...{ column, psi, ks: 0.6, auc: null, newCategories: null, newCategoryShare: null, vanishedCategories: null },
    ...{ vanishedCategoryShare: null, alarm: false, reference: { holdouts: 0, psi: null, ks: null, auc: null } },
  });
  const seen = { document: 'a'.repeat(64), leaks: [], shifted: [], flippedLabels: 0 };
  const noteOf = (observations: Evidence['observations'], name: string) =>
    decide(evidence({ format: 3, observations }), policy()).checks.find((check) => check.name === name)?.measured;

  it('is told with its size where no earlier holdouts say what is usual', () => {
    const unreferenced = [shift('bureau', 6.4), shift('remark', 4)];
    expect(noteOf({ ...seen, unreferenced, empty: [] }, 'unreferenced-shift')).toBe(
      "2 features differ from training by the policy's size, and fewer than three earlier holdouts say what is usual: bureau (PSI 6.4, KS 0.6), remark (PSI 4, KS 0.6)",
    );
    expect(noteOf({ ...seen, unreferenced: [], empty: [] }, 'unreferenced-shift')).toBeUndefined();
  });

  it('is told where a feature is NULL in every training row', () => {
    expect(noteOf({ ...seen, empty: ['bureau'] }, 'empty-features')).toBe('bureau is NULL in every training row');
    expect(noteOf({ ...seen, empty: ['bureau', 'remark'] }, 'empty-features')).toBe(
      'bureau, remark are NULL in every training row',
    );
  });
});

describe('classes that not every version knows', () => {
  it('are named with how many rows were left out', () => {
    const found = evidence({
      format: 3,
      classes: ['paid', 'late', 'fraud'],
      champion: contender({ classes: ['late', 'paid'] }),
    });
    const left = { ...found, rows: { ...found.rows, otherClasses: 12 } };
    const note = decide(left, policy()).checks.find(({ name }) => name === 'shared-classes');
    expect(note?.measured).toBe(
      '12 rows of classes that not every version knows left out: the champion does not know fraud',
    );
    expect(decide(found, policy()).checks.map(({ name }) => name)).not.toContain('shared-classes');
  });
});
