import { describe, expect, it } from 'vitest';
import { decide as decideAsItIs } from '../../gate/decide.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import { by, decide } from './decided.ts';
import { contender, controls, evidence, interval, metric, policy } from './evidence.ts';

describe('the order of verdicts', () => {
  it('promotes a challenger whose lower bound is above zero', () => {
    const verdict = decide(evidence(), policy());
    expect(verdict).toMatchObject({ kind: 'promote', deciding: 'primary' });
    expect(verdict.summary).toBe(
      'The challenger beats the champion: ROC AUC +0.0200 (95 % interval +0.0100 to +0.0300) on 1,000 rows in 14 clusters.',
    );
    expect(verdict.checks.filter(({ status }) => status !== 'passed').map(({ status }) => status)).toEqual(
      Array(4).fill('noted'),
    );
  });

  it('keeps the champion where a loss is shown', () => {
    const verdict = decide(by(interval(-0.02, -0.03, -0.0001)), policy());
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'primary' });
    expect(verdict.summary).toContain('is worse than the champion: ROC AUC −0.0200');
    expect(verdict.checks.find(({ name }) => name === 'primary')?.status).toBe('failed');
  });

  it('lets a person see a loss, where the policy says so', () => {
    const verdict = decide(by(interval(-0.02, -0.03, -0.0001)), policy({ onLoss: 'review' }));
    expect(verdict.kind).toBe('review');
    expect(verdict.summary).toContain('by policy a person decides');
  });

  it('calls no loss what the margin accepts', () => {
    const loss = by(interval(-0.02, -0.03, -0.01));
    expect(decide(loss, policy({ margin: 0.005 }))).toMatchObject({ kind: 'keep', deciding: 'primary' });
    expect(decide(loss, policy({ margin: 0.01 }))).toMatchObject({ kind: 'keep', deciding: 'detect' });
  });

  it('keeps the champion where even the upper bound is not worth having', () => {
    const verdict = decide(by(interval(0.002, -0.004, 0.0099)), policy());
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'detect' });
    expect(verdict.summary).toBe(
      'The challenger does not beat the champion, and could gain too little to wait for more data: ROC AUC +0.0020 (95 % interval −0.0040 to +0.0099) on 1,000 rows in 14 clusters.',
    );
  });

  it('waits for exactly what is worth having', () => {
    expect(decide(by(interval(0.002, -0.006, 0.01)), policy()).kind).toBe('insufficient');
  });

  it('says that there is too little data where the challenger might gain what is worth having', () => {
    const verdict = decide(by(interval(0.0154, -0.0013, 0.0321)), policy());
    expect(verdict).toMatchObject({ kind: 'insufficient', deciding: 'primary' });
    expect(verdict.summary).toContain('a gain of 0.01 takes about 120 clusters');
  });

  it('promotes a gain that is shown, also where it is smaller than what is worth waiting for', () => {
    expect(decide(by(interval(0.004, 0.001, 0.007)), policy()).kind).toBe('promote');
  });

  it.each([
    [{ minimumGain: 0.01 }, 0.01, 'insufficient'],
    [{ minimumGain: 0.01 }, 0.0101, 'promote'],
    [{}, 0, 'insufficient'],
    [{}, 1e-9, 'promote'],
  ])('asks %j of the lower bound: %d gives %s', (gate, low, kind) => {
    expect(decide(by(interval(0.02, low, 0.03)), policy(gate)).kind).toBe(kind);
  });

  it('never waits for a gain that could not win', () => {
    const below = by(interval(0.01, -0.005, 0.025));
    expect(decide(below, policy({ minimumGain: 0.03 }))).toMatchObject({ kind: 'keep', deciding: 'detect' });
  });

  it('decides by the bounds at the charged alpha and shows the 95 % interval beside them', () => {
    const strict = interval(0.02, 0.004, 0.036, { alpha: 0.0008, decidingLow: -0.006, decidingHigh: 0.046 });
    const charged: Partial<Evidence> = {
      charge: { alpha: 0.0008, account: 'schedule' },
      controls: controls({ flips: null }),
    };
    const verdict = decide(by(strict, charged), policy());
    expect(verdict.kind).toBe('insufficient');
    expect(verdict.summary).toContain(
      'ROC AUC +0.0200 (95 % interval +0.0040 to +0.0360, deciding lower bound −0.0060 at alpha 0.0008)',
    );
    const loose = { ...strict, decidingLow: 0.0001 };
    expect(decide(by(loose, charged), policy()).kind).toBe('promote');
  });

  it('keeps the champion against itself in disguise', () => {
    const verdict = decide(evidence({ identical: true }), policy());
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'new-answers' });
    expect(verdict.summary).toBe(
      'The challenger is the champion in disguise: both answer the same on 1,000 rows in 14 clusters.',
    );
  });

  it.each<[string, Partial<Evidence>, string]>([
    [
      'a champion that cannot be scored',
      { champion: contender({ predictions: null, unscorable: 'VersionUnloadable: needs scikit-learn 1.8' }) },
      'champion-scored',
    ],
    [
      'labels that differ',
      { rows: { ...evidence().rows, inBoth: 990, labelsDiffer: 3, judged: 990, effective: 990 } },
      'same-labels',
    ],
  ])('asks a person: %s', (_, changes, deciding) => {
    const lost = metric({ difference: interval(-0.1, -0.2, -0.05) });
    expect(decide(evidence({ metrics: { roc_auc: lost }, ...changes }), policy())).toMatchObject({
      kind: 'review',
      deciding,
    });
  });

  it.each<[string, Partial<Evidence>, string]>([
    [
      'nothing to measure',
      { metrics: {}, unmeasured: 'every row of the holdout took part in choosing the champion' },
      'measurable',
    ],
    ['no metric, although nothing says why', { metrics: {} }, 'interval'],
    ['the deciding metric is missing', { metrics: { log_loss: metric() } }, 'interval'],
    ['six clusters', { clusters: { by: 'day', count: 6, largestShare: 0.2 } }, 'enough-clusters'],
    [
      'clusters that are worth three',
      { metrics: { roc_auc: metric({ difference: interval(0.2, 0.1, 0.3, { degreesOfFreedom: 2 }) }) } },
      'enough-clusters',
    ],
    [
      'six clusters with any weight',
      { metrics: { roc_auc: metric({ difference: interval(0.2, 0.1, 0.3, { clusters: 6 }) }) } },
      'enough-clusters',
    ],
    ['a giant cluster', { clusters: { by: 'day', count: 14, largestShare: 0.51 } }, 'no-giant-cluster'],
    ['three positives', { rows: { ...evidence().rows, byClass: [997, 3] } }, 'enough-rows'],
    ['no interval', { metrics: { roc_auc: metric({ difference: interval(0.2, null, null) }) } }, 'interval'],
    [
      'a bound on one side only',
      { metrics: { roc_auc: metric({ difference: interval(0.2, 0.1, 0.3, { decidingHigh: null }) }) } },
      'interval',
    ],
  ])('says that there is too little data to tell at all: %s', (_, changes, deciding) => {
    expect(decide(evidence(changes), policy())).toMatchObject({ kind: 'insufficient', deciding });
  });

  it('says which class is rare, and needs every class only where the metric rests on each', () => {
    const rare = { ...evidence().rows, byClass: [989, 8, 3] };
    const multiclass = {
      task: 'multiclass' as const,
      classes: ['a', 'b', 'c'],
      positive: null,
      rows: rare,
      primary: 'macro_f1' as const,
      metrics: { macro_f1: metric() },
    };
    const verdict = decide(evidence(multiclass), policy({ primary: 'macro_f1' }));
    expect(verdict.kind).toBe('insufficient');
    expect(verdict.summary).toContain('3 judged rows of the class c');
    const byLoss = { ...multiclass, primary: 'log_loss' as const, metrics: { log_loss: metric({ better: 'lower' }) } };
    expect(decide(evidence(byLoss), policy({ primary: 'log_loss' })).kind).toBe('promote');
  });

  it('needs rows also where there are no classes', () => {
    const regression = {
      task: 'regression' as const,
      classes: null,
      primary: 'rmse' as const,
      metrics: { rmse: metric({ better: 'lower' }) },
    };
    const rows = { ...evidence().rows, byClass: null };
    expect(decide(evidence({ ...regression, rows }), policy()).kind).toBe('promote');
    expect(decide(evidence({ ...regression, rows: { ...rows, judged: 9 } }), policy())).toMatchObject({
      kind: 'insufficient',
      deciding: 'enough-rows',
    });
  });
});

it('is a function of its arguments alone', () => {
  const frozen = JSON.stringify([evidence(), policy()]);
  const [found, by]: [Evidence, ReturnType<typeof policy>] = JSON.parse(frozen);
  expect(decideAsItIs(found, by)).toEqual(decideAsItIs(evidence({ controls: controls() }), policy()));
  expect(JSON.stringify([found, by])).toBe(frozen);
});
