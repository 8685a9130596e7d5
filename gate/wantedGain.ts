import type { Gate } from '../schemas/gate.ts';
import { type Metric, metricEntry } from '../schemas/metrics.ts';

/**
 * The smallest gain in a metric that is worth having: the policy's, or else what is needed to win plus the catalogue's
 * default. For metrics without a scale of their own the default is a share of the trivial predictor's value.
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
