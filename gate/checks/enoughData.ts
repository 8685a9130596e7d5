import type { Evidence } from '../../schemas/evidence.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Check } from '../../schemas/verdict.ts';
import { amount, count, counted, percent } from '../numbers.ts';
import { primaryDifference } from '../opponent.ts';

/** Fewer tell a t distribution's tail from nothing: simulated error rates leave their level below it. */
export const fewestClusters = 7;
/** However many clusters there are: if their sizes make them worth fewer than this, a handful decides. */
export const fewestEffective = 4;
/** Below so many rows of a class, a metric that ranks or averages by class rests on single rows. */
export const fewestRows = 10;
/** One cluster that holds more than this is an experiment that was made once. */
export const largestCluster = 0.5;

/** Whether there is anything to tell a difference by. The first that fails means: too little data. */
export function* enoughData(evidence: Evidence): Generator<Check> {
  const { unmeasured, rows, clusters, primary } = evidence;
  yield {
    name: 'measurable',
    status: unmeasured === null ? 'passed' : 'failed',
    measured: unmeasured ?? counted(rows.judged, 'judged row'),
    required: 'labelled rows that neither contender has seen and that did not choose the champion',
    why: 'Without such rows nothing is known.',
  };
  yield {
    name: 'no-giant-cluster',
    status: clusters.largestShare <= largestCluster ? 'passed' : 'failed',
    measured: `the largest cluster has ${percent(clusters.largestShare)} of all weight`,
    required: `at most ${percent(largestCluster)}`,
    why: "Where one cluster holds most rows, the result is that cluster's, and was seen once.",
  };
  yield {
    name: 'enough-clusters',
    status: effectiveClusters(evidence) >= fewestEffective && countOf(evidence) >= fewestClusters ? 'passed' : 'failed',
    measured: `${counted(countOf(evidence), 'cluster')}, worth ${amount(effectiveClusters(evidence))} equal ones`,
    required: `at least ${fewestClusters} clusters, worth ${fewestEffective} equal ones`,
    why: 'Rows of one cluster share their luck: how much luck there is shows between clusters, and only in several.',
  };
  yield enoughRows(evidence);
  const difference = primaryDifference(evidence);
  const bounded = difference?.decidingLow != null && difference.decidingHigh !== null;
  yield {
    name: 'interval',
    status: bounded ? 'passed' : 'failed',
    measured: `${metricEntry(primary).title}: ${
      difference === null
        ? 'nothing measured'
        : bounded
          ? 'a difference with its interval'
          : 'a difference without interval'
    }`,
    required: 'a difference in the primary metric with bounds on both sides',
    why: 'Without repetition there is no telling a difference from chance.',
  };
}

/** Clusters that the deciding difference rests on: rows of no weight give none. */
function countOf(evidence: Evidence): number {
  return Math.min(evidence.clusters.count, primaryDifference(evidence)?.clusters ?? evidence.clusters.count);
}

/** As many clusters of one size would tell as much. */
function effectiveClusters(evidence: Evidence): number {
  const difference = primaryDifference(evidence);
  return difference === null ? evidence.clusters.count : difference.degreesOfFreedom + 1;
}

/** The rarest class counts where the metric rests on each class: both of a binary model, all of macro F1. */
function enoughRows({ rows, classes, task, primary }: Evidence): Check {
  const byClass = rows.byClass ?? [];
  const each = byClass.length > 0 && (task === 'binary' || primary === 'macro_f1');
  const least = each ? Math.min(...byClass) : rows.judged;
  const name = String(classes?.[byClass.indexOf(least)] ?? 'one class');
  return {
    name: 'enough-rows',
    status: least >= fewestRows ? 'passed' : 'failed',
    measured: each ? `${counted(least, 'judged row')} of the class ${name}` : `${count(least)} judged rows`,
    required: `at least ${fewestRows}${each ? ' of each class' : ''}`,
    why: 'A metric that rests on a handful of rows changes with each of them.',
  };
}
