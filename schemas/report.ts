import { z } from 'zod';
import { chargeAccounts } from './charge.ts';
import { Cycle, Judgement, triggers } from './cycle.ts';
import { Interval, SliceEvidence, SwapSet } from './evidence.ts';
import { Message, Quantity } from './message.ts';
import { metricNames } from './metrics.ts';
import { ColumnShift } from './observations.ts';
import { checkStatuses, verdicts } from './verdict.ts';

/** What a check of the gate holds against a limit. */
export const comparedThings = [
  'alpha',
  'brokenRows',
  'clusters',
  'decidingLower',
  'decidingUpper',
  'effectiveClusters',
  'effectiveRows',
  'largestShare',
  'losingParts',
  'margin',
  'mismatches',
  'rows',
  'rowsOfClass',
  'seenRows',
  'sharedRows',
  'unlabelledShare',
] as const;

/** A number that was held against a limit. */
export const ComparedNumber = z
  .strictObject({
    what: z.enum(comparedThings),
    /** Null where it could not be measured. */
    measured: Quantity.nullable(),
    relation: z.enum(['above', 'atLeast', 'below', 'atMost', 'equals']),
    required: Quantity,
  })
  .meta({ id: 'ComparedNumber' });
export type ComparedNumber = z.infer<typeof ComparedNumber>;

/** A check of a verdict for people. The strings are those that the verdict stores; the messages say the same in any language. */
export const ReportedCheck = z
  .strictObject({
    name: z.string(),
    status: z.enum(checkStatuses),
    /** This check decided. */
    decided: z.boolean(),
    measured: z.string(),
    required: z.string(),
    why: z.string(),
    /** Null where evidence or policy are not known, or where this release would say it otherwise. */
    said: z.strictObject({ measured: Message, required: Message, why: Message }).nullable(),
    compared: z.array(ComparedNumber),
  })
  .meta({ id: 'ReportedCheck' });
export type ReportedCheck = z.infer<typeof ReportedCheck>;

/** A value that stands out on the line of differences. */
export const markMeanings = ['margin', 'minimumGain', 'worthHaving', 'detectable'] as const;
export const DifferenceMark = z
  .strictObject({ meaning: z.enum(markMeanings), value: z.number() })
  .meta({ id: 'DifferenceMark' });
export type DifferenceMark = z.infer<typeof DifferenceMark>;

/** The difference that decides, with what it is held against. */
export const DecidingDifference = z
  .strictObject({
    metric: z.enum(metricNames),
    against: z.enum(['champion', 'trivial']),
    interval: Interval,
    marks: z.array(DifferenceMark),
  })
  .meta({ id: 'DecidingDifference' });
export type DecidingDifference = z.infer<typeof DecidingDifference>;

export const MetricRow = z
  .strictObject({
    metric: z.enum(metricNames),
    primary: z.boolean(),
    challenger: z.number(),
    champion: z.number().nullable(),
    trivial: z.number(),
    /** Against the champion or, where nobody reigned, against the trivial predictor. */
    difference: Interval.nullable(),
  })
  .meta({ id: 'MetricRow' });
export type MetricRow = z.infer<typeof MetricRow>;

/** A declared slice, or one that a search found, with whether its accepted loss is kept. */
export const SliceRow = SliceEvidence.extend({
  found: z.boolean(),
  status: z.enum(['passed', 'failed', 'unknown']),
}).meta({ id: 'SliceRow' });
export type SliceRow = z.infer<typeof SliceRow>;

/** How far the features of the holdout are from the training rows: alarms first, then what a classifier tells best. */
export const ShiftReport = z
  .strictObject({
    columns: z.array(ColumnShift),
    /** Of a classifier that tells holdout from training by all features together. */
    domainAuc: z.number().nullable(),
    sampledRows: z.int(),
  })
  .meta({ id: 'ShiftReport' });
export type ShiftReport = z.infer<typeof ShiftReport>;

/** What else the evidence shows. */
export const factNames = [
  'rows',
  'error-level',
  'calibration',
  'swap-set',
  'labels',
  'selection',
  'score-shift',
  'features',
  'controls',
  'age',
  'anchor',
  'follow-up',
  'rehearsal',
] as const;
export const Fact = z.strictObject({ name: z.enum(factNames), said: Message }).meta({ id: 'Fact' });
export type Fact = z.infer<typeof Fact>;

/** All that is to be told about one judgement, from the sentence to the small print. */
export const JudgementReport = z
  .strictObject({
    verdict: z
      .strictObject({
        kind: z.enum(verdicts),
        /** As it is stored. */
        summary: z.string(),
        /** The same in any language; null where evidence or policy are not known, or where this release would say it otherwise. */
        said: Message.nullable(),
        checks: z.array(ReportedCheck),
      })
      .nullable(),
    deciding: DecidingDifference.nullable(),
    metrics: z.array(MetricRow),
    /** Why there are no metrics; null where there are some, or where the evidence is not known. */
    unmeasured: Message.nullable(),
    slices: z.array(SliceRow),
    swapSet: SwapSet.nullable(),
    shift: ShiftReport.nullable(),
    /** Without those that a check of the verdict says as well. */
    facts: z.array(Fact),
  })
  .meta({ id: 'JudgementReport' });
export type JudgementReport = z.infer<typeof JudgementReport>;

export const cycleFactNames = [
  'challenger',
  'champion',
  'train',
  'holdout',
  'judged',
  'decision',
  'definition',
  'trigger',
  'started',
] as const;

/** One cycle in full. */
export const CycleReport = z
  .strictObject({
    cycle: Cycle,
    /** The last judgement. */
    judgement: JudgementReport,
    judgements: z.array(Judgement),
    facts: z.array(z.strictObject({ name: z.enum(cycleFactNames), said: Message }).meta({ id: 'CycleFact' })),
    /** What was warned of in it, without a row's values. */
    warnings: z.array(z.string()),
    /** What a person can do now, or need not do. */
    next: z.array(Message),
  })
  .meta({ id: 'CycleReport' });
export type CycleReport = z.infer<typeof CycleReport>;

/** Two cycles side by side: each pair has what the first says, then what the second says. Null: that one does not say it. */
export const ComparisonReport = z
  .strictObject({
    /** What to keep in mind while comparing. */
    notes: z.array(Message),
    facts: z.array(
      z.strictObject({ name: z.enum(cycleFactNames), said: z.tuple([Message.nullable(), Message.nullable()]) }),
    ),
    metrics: z.array(
      z.strictObject({ metric: z.enum(metricNames), rows: z.tuple([MetricRow.nullable(), MetricRow.nullable()]) }),
    ),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        /** Both made it, and it ended alike. */
        same: z.boolean(),
        made: z.tuple([ReportedCheck.nullable(), ReportedCheck.nullable()]),
      }),
    ),
  })
  .meta({ id: 'ComparisonReport' });
export type ComparisonReport = z.infer<typeof ComparisonReport>;

/** What the reigns of a model won by, and what came of it; the first reign first. */
export const HistoryReport = z
  .array(
    z.strictObject({
      epoch: z.int(),
      /** The difference that it was promoted on; null where it was not judged. */
      won: Message.nullable(),
      /** The same in the next period; null where nobody has looked yet. */
      since: Message.nullable(),
    }),
  )
  .meta({ id: 'HistoryReport' });
export type HistoryReport = z.infer<typeof HistoryReport>;

/** One account of the error budget over 365 days. */
export const ReportedAccount = z
  .strictObject({
    name: z.enum(['schedule', 'reserve']),
    allowed: z.number(),
    spent: z.number(),
    left: z.number(),
    tests: z.int(),
    testsLeft: z.int(),
    freesAt: z.string().nullable(),
  })
  .meta({ id: 'ReportedAccount' });
export type ReportedAccount = z.infer<typeof ReportedAccount>;

/** A test that was charged. */
export const ReportedCharge = z
  .strictObject({
    asOf: z.string(),
    cycle: z.string(),
    number: z.int(),
    account: z.enum(chargeAccounts),
    alpha: z.number(),
    /** Registered versions; null where one has no number, as in a backfill. */
    challenger: z.int().nullable(),
    champion: z.int().nullable(),
    trigger: z.enum(triggers),
  })
  .meta({ id: 'ReportedCharge' });
export type ReportedCharge = z.infer<typeof ReportedCharge>;

/** How often the gate may be wrong in 365 days, and how much of that is spent and left. */
export const BudgetReport = z
  .strictObject({
    model: z.string(),
    lineage: z.string(),
    to: z.string(),
    /** What the policy promises. */
    promise: z.array(Message),
    /** Empty where the policy is a chance of error for each cycle. */
    accounts: z.array(ReportedAccount),
    notes: z.array(Message),
    charges: z.array(ReportedCharge),
  })
  .meta({ id: 'BudgetReport' });
export type BudgetReport = z.infer<typeof BudgetReport>;
