import { expect, it } from 'vitest';
import { primaryResult } from '../../gate/primaryResult.ts';
import { wantedGain } from '../../gate/wantedGain.ts';
import { metricNames } from '../../schemas/metrics.ts';
import { evidence, interval, metric } from './evidence.ts';

it('is what the policy says', () => {
  for (const name of metricNames) expect(wantedGain({ detect: 0.003, minimumGain: 0 }, name, 0.7)).toBe(0.003);
});

it('is a hundredth of a share, or of what the trivial predictor has', () => {
  expect(wantedGain({ minimumGain: 0 }, 'roc_auc', 0.5)).toBe(0.01);
  expect(wantedGain({ minimumGain: 0 }, 'r2', 0)).toBe(0.01);
  expect(wantedGain({ minimumGain: 0.02 }, 'roc_auc', 0.5)).toBeCloseTo(0.03, 12);
  expect(wantedGain({ minimumGain: 0 }, 'log_loss', 0.5)).toBeCloseTo(0.005, 12);
  expect(wantedGain({ minimumGain: 0 }, 'rmse', 3000)).toBeCloseTo(30, 12);
  expect(wantedGain({ minimumGain: 0 }, 'expected_cost', -200)).toBeCloseTo(2, 12);
});

it('stands in the result in brief, beside what these rows could show', () => {
  expect(primaryResult(evidence())).toEqual({
    metric: 'roc_auc',
    challenger: 0.66,
    champion: 0.64,
    difference: 0.02,
    low: 0.01,
    high: 0.03,
    standardError: 0.01,
    clusters: 14,
    detectable: 0.03,
    wanted: 0.01,
  });
});

it('is held against the lead where nobody reigned', () => {
  const alone = metric({ champion: null, difference: null, lead: interval(0.1, 0.05, 0.15, { clusters: 12 }) });
  expect(primaryResult(evidence({ champion: null, metrics: { roc_auc: alone } }))).toMatchObject({
    champion: null,
    difference: 0.1,
    low: 0.05,
    clusters: 12,
  });
  expect(primaryResult(evidence({ metrics: {} }))).toBeNull();
});

it('is there also where the champion could not be scored', () => {
  const unscored = metric({ champion: null, difference: null });
  expect(primaryResult(evidence({ metrics: { roc_auc: unscored } }))).toMatchObject({
    difference: null,
    standardError: null,
    clusters: 14,
    wanted: 0.01,
  });
});
