import type { Evidence } from '../../schemas/evidence.ts';
import type { Metric } from '../../schemas/metrics.ts';
import { say } from '../messages.ts';
import { listed, of, titleOf } from '../say.ts';
import type { GateCheck } from './gateCheck.ts';

/** The kind of data on which the error rates of docs/gate.md were measured. */
export const domain = { rowsOfClass: 100, clusters: 14, largestShare: 0.2 } as const;

/** Metrics whose intervals were simulated in the domain. For other metrics the error rate of a test was not measured. */
const measuredMetrics: readonly Metric[] = [
  ...(['roc_auc', 'pr_auc', 'ks', 'log_loss', 'brier', 'approval_rate'] as const),
  ...(['accuracy', 'macro_f1', 'mae', 'rmse'] as const),
];

/** A skewness so many standard errors (of a normal sample) from zero is not chance. */
const surelySkewed = 2;

/** From this ratio of skewness to the square root of the clusters on, a test at .025 lets a fifth more through than it says. */
const skewThatMatters = 0.06;

/** Whether error rates were measured on data of this kind. Decides nothing: on other data the promised rate is only likely. */
export function withinDomain({ rows, clusters, controls, primary }: Evidence): GateCheck {
  const skewness = controls?.flips?.skewness ?? 0;
  const rowsOfClass = Math.min(...(rows.byClass ?? [rows.judged]));
  const inClusters = of(clusters.count, 'cluster');
  const outside = [
    !measuredMetrics.includes(primary) && say('domain.metric', { metric: titleOf(primary) }),
    rowsOfClass < domain.rowsOfClass && say('domain.rows', { rows: of(domain.rowsOfClass, 'plain') }),
    clusters.count < domain.clusters && say('domain.clusters', { clusters: inClusters }),
    clusters.largestShare > domain.largestShare && say('domain.largest', { share: of(clusters.largestShare, 'share') }),
    leansToLosses(skewness, clusters.count) &&
      say('domain.skewed', { skewness: { value: skewness, unit: 'amount', digits: 1 } }),
  ].filter((each) => each !== false);
  return {
    name: 'domain',
    status: 'noted',
    measured:
      outside.length === 0
        ? say('domain.inside', { rows: of(rows.judged, 'row'), clusters: inClusters })
        : say('domain.outside', { outside: listed(outside) }),
    required: say('domain.required', {
      rows: of(domain.rowsOfClass, 'count'),
      clusters: of(domain.clusters, 'plain'),
      share: of(domain.largestShare, 'share'),
    }),
    why: say('domain.why'),
    compared: [
      {
        what: 'rowsOfClass',
        measured: of(rowsOfClass, 'row'),
        relation: 'atLeast',
        required: of(domain.rowsOfClass, 'row'),
      },
      { what: 'clusters', measured: inClusters, relation: 'atLeast', required: of(domain.clusters, 'cluster') },
      {
        what: 'largestShare',
        measured: of(clusters.largestShare, 'share'),
        relation: 'atMost',
        required: of(domain.largestShare, 'share'),
      },
    ],
  };
}

/**
 * Whether the clusters are skewed by rare losses, beyond chance and so much that wins become too frequent. By the first term
 * of the Edgeworth expansion a one-sided t-test errs by skewness (2 z² + 1) φ(z) / (6 √n) more than it says (P. Hall, The
 * Bootstrap and Edgeworth Expansion, 1992). With the opposite skewness it errs less.
 */
function leansToLosses(skewness: number, clusters: number): boolean {
  if (clusters < 3) return false;
  const error = Math.sqrt((6 * clusters * (clusters - 1)) / ((clusters - 2) * (clusters + 1) * (clusters + 3)));
  return -skewness > Math.max(surelySkewed * error, skewThatMatters * Math.sqrt(clusters));
}
