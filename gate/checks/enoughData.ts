import type { Evidence } from '../../schemas/evidence.ts';
import { fewestClusters, fewestRows } from '../../schemas/limits.ts';
import { say } from '../messages.ts';
import { primaryDifference } from '../opponent.ts';
import { of, titleOf } from '../say.ts';
import { type GateCheck, passedIf } from './gateCheck.ts';

/** If unequal sizes make the clusters worth fewer than this, a handful of them decides. */
export const fewestEffective = 4;
/** If one cluster holds more than this share, the result is an experiment that was made once. */
export const largestCluster = 0.5;

/** Whether there is enough data to see a difference. The first check that fails means that there is too little. */
export function* enoughData(evidence: Evidence): Generator<GateCheck> {
  yield measurable(evidence);
  yield noGiantCluster(evidence);
  yield enoughClusters(evidence);
  yield enoughRows(evidence);
  yield interval(evidence);
}

function measurable({ unmeasured, rows }: Evidence): GateCheck {
  return {
    name: 'measurable',
    status: passedIf(unmeasured === null),
    measured:
      unmeasured === null
        ? say('measurable.measured', { rows: of(rows.judged, 'judged row') })
        : say('reason', { reason: unmeasured }),
    required: say('measurable.required'),
    why: say('measurable.why'),
  };
}

function noGiantCluster({ clusters }: Evidence): GateCheck {
  const [share, most] = [of(clusters.largestShare, 'share'), of(largestCluster, 'share')];
  return {
    name: 'no-giant-cluster',
    status: passedIf(clusters.largestShare <= largestCluster),
    measured: say('no-giant-cluster.measured', { share }),
    required: say('no-giant-cluster.required', { most }),
    why: say('no-giant-cluster.why'),
    compared: [{ what: 'largestShare', measured: share, relation: 'atMost', required: most }],
  };
}

function enoughClusters(evidence: Evidence): GateCheck {
  const [found, worth] = [countOf(evidence), effectiveClusters(evidence)];
  const clusters = of(found, 'cluster');
  const effective = of(worth, 'amount');
  const least = of(fewestEffective, 'amount');
  return {
    name: 'enough-clusters',
    status: passedIf(worth >= fewestEffective && found >= fewestClusters),
    measured: say('enough-clusters.measured', { clusters, effective }),
    required: say('enough-clusters.required', { clusters: of(fewestClusters, 'plain'), effective: least }),
    why: say('enough-clusters.why'),
    compared: [
      { what: 'clusters', measured: clusters, relation: 'atLeast', required: of(fewestClusters, 'cluster') },
      { what: 'effectiveClusters', measured: effective, relation: 'atLeast', required: least },
    ],
  };
}

function interval(evidence: Evidence): GateCheck {
  const difference = primaryDifference(evidence);
  const bounded = difference?.decidingLow != null && difference.decidingHigh !== null;
  const state = difference === null ? 'nothing' : bounded ? 'bounded' : 'unbounded';
  return {
    name: 'interval',
    status: passedIf(bounded),
    measured: say(`interval.${state}`, { metric: titleOf(evidence.primary) }),
    required: say('interval.required'),
    why: say('interval.why'),
  };
}

/** The clusters that the deciding difference rests on; rows without weight do not count. */
function countOf(evidence: Evidence): number {
  return Math.min(evidence.clusters.count, primaryDifference(evidence)?.clusters ?? evidence.clusters.count);
}

/** How many clusters of equal size would tell as much. */
function effectiveClusters(evidence: Evidence): number {
  const difference = primaryDifference(evidence);
  return difference === null ? evidence.clusters.count : difference.degreesOfFreedom + 1;
}

/** If the metric rests on each class, the rarest one counts: of both for a binary model, of all for macro F1. */
function enoughRows({ rows, classes, task, primary }: Evidence): GateCheck {
  const byClass = rows.byClass ?? [];
  const each = byClass.length > 0 && (task === 'binary' || primary === 'macro_f1');
  const found = each ? Math.min(...byClass) : rows.judged;
  const rarest = classes?.[byClass.indexOf(found)];
  const least = of(fewestRows, 'plain');
  return {
    name: 'enough-rows',
    status: passedIf(found >= fewestRows),
    measured: each
      ? say('enough-rows.of-class', {
          rows: of(found, 'judged row'),
          class: rarest === undefined ? say('enough-rows.one-class') : String(rarest),
        })
      : say('enough-rows.measured', { rows: of(found, 'count') }),
    required: each ? say('enough-rows.required-each', { least }) : say('enough-rows.required', { least }),
    why: say('enough-rows.why'),
    compared: [
      {
        what: each ? 'rowsOfClass' : 'rows',
        measured: of(found, 'row'),
        relation: 'atLeast',
        required: of(fewestRows, 'row'),
      },
    ],
  };
}
