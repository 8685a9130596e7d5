import { z } from 'zod';
import { Charge } from './charge.ts';
import { Interval, MetricEvidence } from './interval.ts';
import { metricNames, tasks } from './metrics.ts';
import { ColumnShift, Leak } from './observations.ts';
import { Hash, Instant, Window } from './primitives.ts';

export { Interval, MetricEvidence };

export const Bounded = z
  .strictObject({ estimate: z.number(), low: z.number().nullable(), high: z.number().nullable() })
  .meta({ id: 'Bounded' });
export type Bounded = z.infer<typeof Bounded>;

/** Who is to be judged: named by what is the same on every machine, never by a run id. */
export const ContenderRequest = z
  .strictObject({
    /** The cycle that fitted it; the id of a version that was fitted outside of Reign. */
    cycle: z.string(),
    /** The definition that says how it is asked. */
    definitionVersion: z.int(),
    codeHash: Hash.nullable(),
    /** Null where nobody knows which rows it was fitted on: of a version from outside, by at most their period. */
    trainSnapshot: Hash.nullable(),
    /** The holdout snapshot it was scored on; differs from the other's only where the definitions' queries differ. */
    holdoutSnapshot: Hash,
    /** The stored predictions; null where it could not be scored. */
    predictions: Hash.nullable(),
    /** Why it could not be scored: an error code and its message. */
    unscorable: z.string().nullable(),
    /** Its own classes, where they are not those of the challenger or stand in another order. */
    classes: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** The window that it was fitted on. Absent where an earlier release asked: then the snapshot's manifest has it. */
    trainWindow: Window.optional(),
    /** When a person registered it, where it was fitted outside of Reign: it was fitted on no later row. */
    registeredAt: Instant.optional(),
  })
  .meta({ id: 'ContenderRequest' });
export type ContenderRequest = z.infer<typeof ContenderRequest>;

/** Who was judged. */
export const Contender = ContenderRequest.extend({
  /** How many judged rows it was fitted on. More than zero makes the comparison invalid; null where nobody knows any more. */
  fittedOnJudgedRows: z.int().nullable(),
  /** Judged rows with a score that is not finite or, of a classifier, outside of 0 to 1. */
  brokenScores: z.int(),
  /** Null where nobody knows. */
  trainWindow: Window.nullable(),
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

/** One part of the rows. */
export const SliceEvidence = z
  .strictObject({
    /** One column and value, or two where a search found them. A value is null for rows without one. */
    where: z.array(z.strictObject({ column: z.string(), value: z.string().nullable() }).meta({ id: 'SliceValue' })),
    metric: z.enum(metricNames),
    margin: z.number(),
    protected: z.boolean(),
    rows: z.int(),
    clusters: z.int(),
    challenger: z.number().nullable(),
    champion: z.number().nullable(),
    difference: Interval.nullable(),
    /** The upper bound after Holm's correction over all declared, or all found, slices; null where nothing was measured. */
    holmHigh: z.number().nullable(),
    /** Why nothing was measured: too few rows, one class only. */
    unmeasured: z.string().nullable(),
  })
  .meta({ id: 'SliceEvidence' });
export type SliceEvidence = z.infer<typeof SliceEvidence>;

/**
 * What the gate's own test makes of cases whose answer is known. The numbers are measured here; whether the gate answers
 * rightly is for the gate to show.
 */
export const Controls = z
  .strictObject({
    /** The deciding lower bounds of equal models: signs of the centred cluster sums flipped at random. In ascending order. */
    flips: z
      .strictObject({
        count: z.int(),
        exhaustive: z.boolean(),
        lows: z.array(z.number()),
        /** Of the clusters' contributions to the difference: below zero, the challenger seldom loses much. */
        skewness: z.number().nullable(),
      })
      .meta({ id: 'FlipControl' })
      .nullable(),
    /** The challenger with its scores dealt out at random: must not win, and must lose where the champion leads clearly. */
    shuffled: z
      .strictObject({ difference: Interval, mustLose: z.boolean() })

      .meta({ id: 'ShuffledControl' })
      .nullable(),
    /** The challenger made better by a known gain: must win. `notRun` says why there is none. */
    planted: z
      .strictObject({ gain: z.number().nullable(), difference: Interval.nullable(), notRun: z.string().nullable() })
      .meta({ id: 'PlantedControl' }),
    /** A fit on shuffled labels against the challenger, at alpha 0.0001: must not win. Null where the policy does not ask for it. */
    shuffledFit: z
      .strictObject({ difference: Interval.nullable(), notRun: z.string().nullable() })

      .meta({ id: 'ShuffledFitControl' })
      .nullable(),
  })
  .meta({ id: 'Controls' });
export type Controls = z.infer<typeof Controls>;

/** Do probabilities come true? Bins of equal numbers of rows, with clustered 95 % intervals. */
export const Calibration = z
  .strictObject({
    bins: z.array(
      z.strictObject({ rows: z.int(), predicted: z.number(), observed: Bounded }).meta({ id: 'CalibrationBin' }),
    ),
    /** Of the logistic regression of the label on the score's logit: 1 and 0 where calibrated. */
    slope: Bounded.nullable(),
    intercept: Bounded.nullable(),
    expectedError: Bounded,
  })
  .meta({ id: 'Calibration' });
export type Calibration = z.infer<typeof Calibration>;

const Swapped = z
  .strictObject({
    rows: z.int(),
    labelled: z.int(),
    /** Share of positives among the labelled; null where there is none. Never imputed. */
    positiveRate: z.number().nullable(),
  })
  .meta({ id: 'Swapped' });

/** Whom the challenger would decide otherwise about, at the policy's cut-off. */
export const SwapSet = z
  .strictObject({
    cutoff: z.number(),
    accept: z.enum(['below', 'above']),
    /** Accepted by the challenger alone. */
    swapIns: Swapped,
    /** Accepted by the champion alone. */
    swapOuts: Swapped,
    acceptedByBoth: Swapped,
    rejectedByBoth: Swapped,
  })
  .meta({ id: 'SwapSet' });
export type SwapSet = z.infer<typeof SwapSet>;

/** The labels of the mature rows of the holdout. */
export const LabelEvidence = z
  .strictObject({
    matureRows: z.int(),
    unlabelled: z.int(),
    unlabelledShare: z.number(),
    /** The latest event time among these rows. */
    newestEvent: Instant.nullable(),
    /** By UTC day (thinned to at most 60 groups of days). `rate`: of the positive class, or the mean; null for multiclass. */
    cohorts: z.array(
      z
        .strictObject({
          from: Instant,
          rows: z.int(),
          unlabelled: z.int(),
          rate: z.number().nullable(),
        })
        .meta({ id: 'LabelCohort' }),
    ),
    /** Change of the unlabelled share a day, clustered. */
    unlabelledTrend: Bounded.nullable(),
    /** The unlabelled share rises or falls over the holdout beyond chance, by a total that matters. */
    trending: z.boolean(),
    /** Change of the label's rate a day, with a 99.9 % interval, clustered; null for several classes. */
    rateTrend: Bounded.nullable(),
    /** The label's rate rises or falls over the holdout beyond chance, by a total that matters. */
    rateTrending: z.boolean(),
  })
  .meta({ id: 'LabelEvidence' });
export type LabelEvidence = z.infer<typeof LabelEvidence>;

/** Where only selected rows show a label: how the others are stood in for. */
export const Selection = z
  .strictObject({
    /** Rows of the holdout that were accepted, and that show a label. */
    accepted: z.int(),
    labelled: z.int(),
    /** Versions that decided, as the column names them: at most ten. */
    decidedBy: z.array(z.string()),
    /** Whether the source gives approval probabilities: then labelled rows are weighted by their inverse. */
    weighted: z.boolean(),
    /** Share of all rows whose approval probability is above zero. */
    overlap: z.number().nullable(),
    /** Share of all rows with a probability strictly between 0 and 1: approved at random. */
    randomised: z.number().nullable(),
    /** Share of the total weight that the heaviest row has. */
    largestWeight: z.number().nullable(),
    effectiveRows: z.number().nullable(),
    /** Share of the challenger's swap-ins (or, without cut-off, of all rows) that can never show a label. */
    unreachable: z.number().nullable(),
    /** Rows whose decision their probability rules out: accepted at 0, turned away at 1. */
    contradicted: z.int().nullable(),
    /** The accepted share against the mean probability, in all rows and by fifths of score and probability: the largest difference in standard errors. */
    disagreement: z.number().nullable(),
  })
  .meta({ id: 'Selection' });
export type Selection = z.infer<typeof Selection>;

/** The detectable difference, told before the fit from the standard errors of past cycles: a range. */
export const Forecast = z
  .strictObject({ optimistic: z.number(), pessimistic: z.number(), pastCycles: z.int() })
  .meta({ id: 'Forecast' });
export type Forecast = z.infer<typeof Forecast>;

/** How much data there is. */
export const Detection = z
  .strictObject({
    /** The gain that is worth having, by policy. */
    wanted: z.number(),
    /** The gain that these rows would show four times in five. */
    detectable: z.number().nullable(),
    /** How many clusters would show `wanted`, and when a holdout that begins as this one does would hold them. */
    clustersNeeded: z.int().nullable(),
    enoughOn: Instant.nullable(),
    /** Null where too few cycles went before. */
    forecast: Forecast.nullable(),
  })
  .meta({ id: 'Detection' });
export type Detection = z.infer<typeof Detection>;

/** One look of a probation. */
export const ProbationLook = z
  .strictObject({
    /** 1 for the first. */
    number: z.int(),
    of: z.int(),
    /** The chance that this one takes a version for worse that is not. */
    alpha: z.number(),
    /** The loss that the promotion accepted (`win: nonInferior`), else 0: a version is worse beyond it. */
    acceptedLoss: z.number(),
  })
  .meta({ id: 'ProbationLook' });
export type ProbationLook = z.infer<typeof ProbationLook>;

/** The last promotion, to be looked at again on this holdout. */
export const FollowUpRequest = z
  .strictObject({
    cycle: z.string(),
    epoch: z.int(),
    /** Rows of this period count: one holdout's length, right after the promoting holdout, or after the look before. */
    window: Window,
    promised: Bounded,
    /** Whom it beat, scored on this holdout; null where it beat the trivial predictor. */
    beaten: ContenderRequest.nullable(),
    /** Rows that chose the promoted version. */
    chose: z.array(Hash),
    /** Absent where the rows are no look of a probation, and in requests of earlier releases. */
    look: ProbationLook.optional(),
  })
  .meta({ id: 'FollowUpRequest' });
export type FollowUpRequest = z.infer<typeof FollowUpRequest>;

/** What became of the last promotion, on rows newer than those it was promoted on. */
export const FollowUp = z
  .strictObject({
    /** The cycle that promoted, and the epoch it began. */
    cycle: z.string(),
    epoch: z.int(),
    window: Window,
    rows: z.int(),
    /** The whole period is there: later cycles need not look again. */
    complete: z.boolean(),
    /** The primary metric's difference to whom it beat, as it was promoted on. */
    promised: Bounded,
    /** The same on the newer rows. */
    found: Interval.nullable(),
    unmeasured: z.string().nullable(),
    /** As it was asked for: `found.alpha` is that of the look. */
    look: ProbationLook.optional(),
  })
  .meta({ id: 'FollowUp' });
export type FollowUp = z.infer<typeof FollowUp>;

/**
 * The forms of evidence. What was judged by one is recomputed and read by its rules for ever.
 *
 * - 2: of the first release
 * - 3: `trainWindow` is the cycle's own, whatever the store held before; intervals of values end where the values do;
 *   features without a value in training, shifts without a reference and declared costs of a first champion are told
 */
export const evidenceFormats = [2, 3] as const;
export const EvidenceFormat = z.literal(evidenceFormats);

/** What was measured about both on the same rows. Holds no duration, host name or run id: the same inputs give the same bytes. */
export const Evidence = z
  .strictObject({
    format: EvidenceFormat,
    model: z.string(),
    lineage: z.string(),
    asOf: Instant,
    task: z.enum(tasks),
    primary: z.enum(metricNames),
    classes: z.array(z.union([z.string(), z.number(), z.boolean()])).nullable(),
    positive: z.union([z.string(), z.number(), z.boolean()]).nullable(),
    window: Window,
    charge: Charge,
    /** Hash over the judged row ids, in order. */
    rowHash: Hash,
    rows: z
      .strictObject({
        holdout: z.int(),
        /** In the champion's own view of the holdout; null where it was not scored. */
        holdoutOfChampion: z.int().nullable(),
        /** In the holdout of both queries. Equal to holdout where there is one query. */
        inBoth: z.int(),
        unlabelled: z.int(),
        /** Left out because they took part in choosing the champion. */
        choseChampion: z.int(),
        /** Labelled rows of a class that only one of the two knows; absent where both know all. They are not judged. */
        otherClasses: z.int().optional(),
        /** Rows whose labels differ between the two queries. */
        labelsDiffer: z.int(),
        judged: z.int(),
        /** Of equal weight, judged rows would be so many: (sum of weights)² / sum of squares. */
        effective: z.number(),
        /** Judged rows by class, in the order of the classes; null for a regression. */
        byClass: z.array(z.int()).nullable(),
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
    anchor: Contender.nullable(),
    /** Holdout snapshots that chose the champion. */
    choseChampion: z.array(Hash),
    /** Snapshots that are no longer in the store, nor their row ids: which judged rows they held could not be checked. */
    rowIdsGone: z.array(Hash).optional(),
    /** What the trivial predictor answers. */
    trivial: z.union([z.array(z.number()), z.number()]),
    /** Both contenders answer the same, row for row. */
    identical: z.boolean(),
    /** By metric name. Empty where nothing could be measured; then `unmeasured` says why. */
    metrics: z.record(z.string(), MetricEvidence),
    unmeasured: z.string().nullable(),
    detection: Detection,
    slices: z.array(SliceEvidence),
    /** Found by search on one half of the clusters, measured on the other. */
    foundSlices: z.array(SliceEvidence),
    labels: LabelEvidence,
    selection: Selection.nullable(),
    calibration: z
      .strictObject({ challenger: Calibration, champion: Calibration.nullable() })

      .meta({ id: 'CalibrationEvidence' })
      .nullable(),
    swapSet: SwapSet.nullable(),
    controls: Controls.nullable(),
    /** The predictions of a version fitted on shuffled labels, for the control. */
    shuffledFit: Hash.nullable(),
    /** From the document of observations: what the gate looks at. */
    observations: z
      .strictObject({
        document: Hash,
        leaks: z.array(Leak),
        shifted: z.array(z.string()),
        flippedLabels: z.int(),
        /** From format 3 on. Features without a value in any training row. */
        empty: z.array(z.string()).optional(),
        /** From format 3 on. Shifts of the policy's size, the largest PSI first, where too few earlier holdouts say what is usual. */
        unreferenced: z.array(ColumnShift).optional(),
      })
      .meta({ id: 'ObservationsSummary' })
      .nullable(),
    /** The champion's scores on this holdout against those on the last one. */
    scoreShift: ColumnShift.nullable(),
    /** The champion's predictions on the last holdout, that `scoreShift` is held against. */
    scoreReference: Hash.nullable(),
    /** Evidence of up to eight cycles before, newest first: where `scoreShift` has its reference from. */
    past: z.array(Hash),
    followUp: FollowUp.nullable(),
    followUpRequest: FollowUpRequest.nullable(),
    rehearsal: Rehearsal,
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;
