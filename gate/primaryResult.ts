import type { PrimaryResult } from '../schemas/cycle.ts';
import type { Evidence } from '../schemas/evidence.ts';

/** The deciding metric in brief: against the champion, or against the trivial predictor where nobody reigned. */
export function primaryResult({ primary, metrics, champion }: Evidence): PrimaryResult | null {
  const measured = metrics[primary];
  if (measured === undefined) return null;
  const interval = champion === null ? measured.lead : measured.difference;
  return {
    metric: primary,
    challenger: measured.challenger,
    champion: measured.champion,
    difference: interval?.estimate ?? null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}
