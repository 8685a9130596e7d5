import { z } from 'zod';

/**
 * A difference (or a value) with its uncertainty; differences are turned so that positive is better. Bounds are null
 * where they cannot be told: fewer than two clusters, or a metric that rests on one cluster.
 */
export const Interval = z
  .strictObject({
    estimate: z.number(),
    standardError: z.number().nullable(),
    /** The two-sided interval at `level`, for reading. */
    low: z.number().nullable(),
    high: z.number().nullable(),
    level: z.number(),
    /** The one-sided bounds at 1 - alpha, alpha being the chance of error that was charged: these decide. */
    decidingLow: z.number().nullable(),
    decidingHigh: z.number().nullable(),
    alpha: z.number(),
    /** The difference that would be shown four times in five: (t at 1 - alpha + t at 0.8) standard errors. */
    detectable: z.number().nullable(),
    /** Of Student's t: effective clusters less one, (sum of weights)² / sum of squares - 1. */
    degreesOfFreedom: z.number(),
    clusters: z.int(),
    method: z.enum(['influence', 'bootstrap']),
  })
  .meta({ id: 'Interval' });
export type Interval = z.infer<typeof Interval>;

export const MetricEvidence = z
  .strictObject({
    better: z.enum(['higher', 'lower']),
    challenger: z.number(),
    champion: z.number().nullable(),
    trivial: z.number(),
    /** The challenger's value itself, not turned: for floors. */
    alone: Interval,
    /** Challenger against champion; null without a champion that could be scored. */
    difference: Interval.nullable(),
    /** Challenger against the trivial predictor. */
    lead: Interval,
    /** Champion against the trivial predictor. */
    championLead: Interval.nullable(),
    /** Challenger against the last champion that won by superiority; null where that is the champion, or not asked for. */
    anchorDifference: Interval.nullable(),
  })
  .meta({ id: 'MetricEvidence' });
export type MetricEvidence = z.infer<typeof MetricEvidence>;
