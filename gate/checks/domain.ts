import type { Evidence } from '../../schemas/evidence.ts';
import { type Metric, metricEntry } from '../../schemas/metrics.ts';
import type { Check } from '../../schemas/verdict.ts';
import { count, counted, percent } from '../numbers.ts';

/** Where the error rates of docs/gate.md were measured. */
export const domain = { rowsOfClass: 100, clusters: 14, largestShare: 0.2 } as const;

/** Metrics whose intervals were tried there. Of the others nobody knows how often their tests err. */
const measuredMetrics: readonly Metric[] = [
  ...(['roc_auc', 'pr_auc', 'ks', 'log_loss', 'brier', 'approval_rate'] as const),
  ...(['accuracy', 'macro_f1', 'mae', 'rmse'] as const),
];

/** So far from zero, in standard errors of a sample of normal ones, a skewness is no chance. */
const surelySkewed = 2;

/** Skewness over the root of the clusters from which on a test at .025 lets through a fifth more than it says. */
const skewThatMatters = 0.06;

/** Whether the evidence lies where error rates were measured. Decides nothing: outside, the promise is only likely. */
export function withinDomain({ rows, clusters, controls, primary }: Evidence): Check {
  const skewness = controls?.flips?.skewness ?? 0;
  const outside = [
    !measuredMetrics.includes(primary) && `${metricEntry(primary).title} decides`,
    Math.min(...(rows.byClass ?? [rows.judged])) < domain.rowsOfClass &&
      `fewer than ${domain.rowsOfClass} rows of a class`,
    clusters.count < domain.clusters && counted(clusters.count, 'cluster'),
    clusters.largestShare > domain.largestShare && `${percent(clusters.largestShare)} of the rows in one cluster`,
    leansToLosses(skewness, clusters.count) &&
      `differences that are skewed by cluster (${skewness.toFixed(1)}: seldom the challenger loses much)`,
  ].filter((each) => each !== false);
  const scope = `${counted(rows.judged, 'row')} in ${counted(clusters.count, 'cluster')}`;
  return {
    name: 'domain',
    status: 'noted',
    measured:
      outside.length === 0
        ? `${scope}: where error rates were measured`
        : `${outside.join(', ')}: the error rates in docs/gate.md were not measured there`,
    required: `${count(domain.rowsOfClass)} rows of each class, ${domain.clusters} clusters, none above ${percent(domain.largestShare)} of the rows, good days about as far from the mean as bad ones; a metric whose intervals were tried`,
    why: 'The promised error rate was checked by simulation on data of this kind.',
  };
}

/**
 * Whether rare losses hide among the clusters beyond chance, enough to make wins too frequent. By the first term of the
 * Edgeworth expansion a one-sided t-test errs by skewness (2 z² + 1) φ(z) / (6 √n) more than it says (P. Hall, The Bootstrap
 * and Edgeworth Expansion, 1992); the other way round it errs less.
 */
function leansToLosses(skewness: number, clusters: number): boolean {
  if (clusters < 3) return false;
  const error = Math.sqrt((6 * clusters * (clusters - 1)) / ((clusters - 2) * (clusters + 1) * (clusters + 3)));
  return -skewness > Math.max(surelySkewed * error, skewThatMatters * Math.sqrt(clusters));
}
