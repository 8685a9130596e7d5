import { decide } from '../../gate/decide.ts';
import { Evidence } from '../../schemas/evidence.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';
import { evidence, metric, policy, selection } from '../../test/gate/evidence.ts';
import type { Sample, SelectedCycle } from './answers.ts';

/**
 * The gate's verdict on a simulated cycle: a whole evidence document, the policy's defaults, no guardrails. The controls in
 * it are passed: they are the gate's test of itself, which is not what is measured here.
 */
export function verdictOn({ metrics, rows, clusters, positives }: Sample): VerdictKind {
  return decide(document({ metrics, rows, clusters, positives, judged: rows }), policy()).kind;
}

/** The same where the champion selected whose label shows, as the source says or, untruthfully, as if it had not. */
export function verdictOnSelected(cycle: SelectedCycle, labels: 'selected' | 'complete'): VerdictKind {
  const { difference, rows, clusters, positives, labelled } = cycle;
  const metrics = { roc_auc: metric({ trivial: 0.5, difference }) };
  const found = document({ metrics, rows, clusters, positives, judged: labelled });
  return decide(
    {
      ...found,
      selection: selection({
        accepted: cycle.labelled,
        labelled: cycle.labelled,
        weighted: cycle.weighted,
        overlap: cycle.weighted ? 1 : cycle.labelled / cycle.rows,
        randomised: cycle.randomised,
        largestWeight: cycle.largestWeight,
        effectiveRows: cycle.effectiveRows,
        unreachable: cycle.weighted ? 0 : 1 - cycle.labelled / cycle.rows,
      }),
    },
    policy({}, labels),
  ).kind;
}

interface Judged {
  readonly metrics: Sample['metrics'];
  readonly rows: number;
  readonly clusters: number;
  readonly positives: number;
  readonly judged: number;
}

function document({ metrics, rows, clusters, positives, judged }: Judged): Evidence {
  const whole = evidence();
  return Evidence.parse({
    ...whole,
    metrics,
    rows: {
      ...whole.rows,
      holdout: rows,
      inBoth: rows,
      judged,
      effective: judged,
      byClass: [judged - positives, positives],
    },
    clusters: { by: 'day', count: clusters, largestShare: 1 / clusters },
    labels: { ...whole.labels, matureRows: judged },
  } satisfies Evidence);
}
