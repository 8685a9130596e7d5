import { describe, expect, it } from 'vitest';
import { decide } from '../../gate/decide.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import { evidence, interval, metric, policy } from './evidence.ts';

const costs = policy({
  cutoff: { score: 0.5, accept: 'below' },
  cost: { falsePositive: 1, falseNegative: 5, truePositive: 0, trueNegative: 0 },
});

/** A first champion that ranks better than nothing, and costs more at its cut-off. */
const first = (changes: Partial<Evidence> = {}) =>
  evidence({
    format: 3,
    champion: null,
    metrics: {
      roc_auc: metric({ champion: null, difference: null, lead: interval(0.1, 0.05, 0.15) }),
      expected_cost: metric({
        ...{ better: 'lower', challenger: 1209, champion: null, trivial: 503, difference: null },
        lead: interval(-706, -800, -600),
      }),
    },
    ...changes,
  });

describe('a first champion that loses its declared cost to the trivial predictor', () => {
  it('is told so, in the summary and as a note', () => {
    const verdict = decide(first({ controls: null }), costs);
    expect(verdict.checks.find(({ name }) => name === 'trivial-expected_cost')).toMatchObject({
      status: 'noted',
      measured: expect.stringContaining('expected cost 1209, the trivial predictor 503'),
    });
    const crowned = decide(first({ controls: null, charge: { alpha: 0.025, account: 'none' } }), costs);
    expect(crowned.kind).toBe('promote');
    expect(crowned.summary).toMatch(
      /It is worse than the trivial predictor in what was declared besides: expected cost 1209, the trivial predictor 503\.$/,
    );
  });

  it('is not where the cost is not declared, nor where it is lower', () => {
    const names = (found: Evidence, under = costs) => decide(found, under).checks.map(({ name }) => name);
    expect(names(first(), policy())).not.toContain('trivial-expected_cost');
    const cheaper = metric({ better: 'lower', challenger: 400, trivial: 503, lead: interval(103, 50, 150) });
    expect(names(first({ metrics: { ...first().metrics, expected_cost: cheaper } }))).not.toContain(
      'trivial-expected_cost',
    );
  });

  it('is judged as it was by the rules of the first release', () => {
    expect(decide(first({ format: 2 }), costs).checks.map(({ name }) => name)).not.toContain('trivial-expected_cost');
  });
});
