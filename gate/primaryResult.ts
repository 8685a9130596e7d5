import type { PrimaryResult } from '../schemas/cycle.ts';
import type { Evidence } from '../schemas/evidence.ts';
import { primaryDifference } from './opponent.ts';

/** The deciding metric in brief: against the champion, or against the trivial predictor if there was no champion. */
export function primaryResult(evidence: Evidence): PrimaryResult | null {
  const { primary, metrics, detection, clusters } = evidence;
  const measured = metrics[primary];
  if (measured === undefined) return null;
  const interval = primaryDifference(evidence);
  return {
    metric: primary,
    challenger: measured.challenger,
    champion: measured.champion,
    difference: interval?.estimate ?? null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    standardError: interval?.standardError ?? null,
    clusters: interval?.clusters ?? clusters.count,
    detectable: interval?.detectable ?? detection.detectable,
    wanted: detection.wanted,
  };
}
