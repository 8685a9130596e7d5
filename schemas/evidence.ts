import { z } from 'zod';
import { metricNames, tasks } from './metrics.ts';
import { Hash, Instant, Window } from './primitives.ts';

/** A difference with its uncertainty, turned so that positive is better. Null where it cannot be told (fewer than two clusters). */
export const Interval = z
  .strictObject({
    estimate: z.number(),
    standardError: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    level: z.number(),
    degreesOfFreedom: z.int(),
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
    /** Challenger against champion; null without a champion that could be scored. */
    difference: Interval.nullable(),
    /** Challenger against the trivial predictor. */
    lead: Interval,
    /** Champion against the trivial predictor. */
    championLead: Interval.nullable(),
  })
  .meta({ id: 'MetricEvidence' });
export type MetricEvidence = z.infer<typeof MetricEvidence>;

/** Who is to be judged: named by what is the same on every machine, never by a run id. */
export const ContenderRequest = z
  .strictObject({
    cycle: z.string(),
    definitionVersion: z.int(),
    codeHash: Hash.nullable(),
    trainSnapshot: Hash,
    /** The holdout snapshot it was scored on; differs from the other's only where the definitions' queries differ. */
    holdoutSnapshot: Hash,
    /** The stored predictions; null where it could not be scored. */
    predictions: Hash.nullable(),
    /** Why it could not be scored: an error code and its message. */
    unscorable: z.string().nullable(),
  })
  .meta({ id: 'ContenderRequest' });
export type ContenderRequest = z.infer<typeof ContenderRequest>;

/** Who was judged. */
export const Contender = ContenderRequest.extend({
  /** How many judged rows it was fitted on. Anything but zero makes the comparison invalid. */
  fittedOnJudgedRows: z.int(),
}).meta({ id: 'Contender' });
export type Contender = z.infer<typeof Contender>;

export const Rehearsal = z
  .strictObject({
    /** How many holdout rows went through as raw JSON. */
    rows: z.int(),
    mismatches: z.int(),
    largestDifference: z.number().nullable(),
  })
  .meta({ id: 'Rehearsal' });
export type Rehearsal = z.infer<typeof Rehearsal>;

/** What was measured about both on the same rows. Holds no duration, host name or run id: the same inputs give the same bytes. */
export const Evidence = z
  .strictObject({
    format: z.literal(1),
    model: z.string(),
    lineage: z.string(),
    asOf: Instant,
    task: z.enum(tasks),
    primary: z.enum(metricNames),
    classes: z.array(z.union([z.string(), z.number(), z.boolean()])).nullable(),
    positive: z.union([z.string(), z.number(), z.boolean()]).nullable(),
    window: Window,
    /** Hash over the judged row ids, in order. */
    rowHash: Hash,
    rows: z
      .strictObject({
        holdout: z.int(),
        /** In the holdout of both queries. Equal to holdout where there is one query. */
        inBoth: z.int(),
        unlabelled: z.int(),
        /** Left out because they took part in choosing the champion. */
        choseChampion: z.int(),
        /** Rows whose labels differ between the two queries. */
        labelsDiffer: z.int(),
        judged: z.int(),
      })
      .meta({ id: 'EvidenceRows' }),
    clusters: z
      .strictObject({
        by: z.union([z.literal('day'), z.literal('none'), z.array(z.string())]),
        count: z.int(),
        largestShare: z.number(),
      })
      .meta({ id: 'EvidenceClusters' }),
    challenger: Contender,
    champion: Contender.nullable(),
    /** By metric name. Empty where nothing could be measured; then `unmeasured` says why. */
    metrics: z.record(z.string(), MetricEvidence),
    unmeasured: z.string().nullable(),
    rehearsal: Rehearsal,
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;
