import type { Gate } from '../schemas/gate.ts';
import { type Metric, metricEntry } from '../schemas/metrics.ts';

/**
 * The smallest gain in a metric that is worth having: what the policy says, or the catalogue's default, which for metrics
 * without a scale of their own is a share of what the trivial predictor has, above what is needed to win at all.
 *
 * @param trivial the metric's value for the trivial predictor
 */
export function wantedGain(
  { detect, minimumGain }: Pick<Gate, 'detect' | 'minimumGain'>,
  metric: Metric,
  trivial: number,
): number {
  if (detect !== undefined) return detect;
  const usual = metricEntry(metric).detect;
  return minimumGain + ('absolute' in usual ? usual.absolute : usual.ofTrivial * Math.abs(trivial));
}
