import type { Evidence } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import { metricNames } from '../schemas/metrics.ts';
import type { MetricRow } from '../schemas/report.ts';
import { tell } from './messages.ts';

/** Every metric of both, in the order of the catalogue. */
export function metricRows(evidence: Evidence): MetricRow[] {
  // A champion that could not be scored has no values: then the trivial predictor stands in.
  const against = Object.values(evidence.metrics).some(({ champion }) => champion !== null) ? 'difference' : 'lead';
  return metricNames.flatMap((metric): MetricRow[] => {
    const measured = evidence.metrics[metric];
    if (measured === undefined) return [];
    const { challenger, champion, trivial } = measured;
    const primary = metric === evidence.primary;
    return [{ metric, primary, challenger, champion, trivial, difference: measured[against] }];
  });
}

/** Why there is no metric; null where there is one. */
export function unmeasuredSaid({ metrics, unmeasured }: Evidence): Message | null {
  if (Object.keys(metrics).length > 0) return null;
  return tell('unmeasured', { reason: unmeasured ?? tell('unmeasured.no-metric') });
}
