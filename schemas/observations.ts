import { z } from 'zod';
import { Hash } from './primitives.ts';

/** How far one column of the holdout is from the training rows, each beside the 95 % point of the last holdouts. */
export const ColumnShift = z
  .strictObject({
    /** A feature, or `score`: then it is the last holdout that this one is held against. */
    column: z.string(),
    psi: z.number().nullable(),
    ks: z.number().nullable(),
    /** Of a classifier that tells training rows from holdout rows by this column alone. */
    auc: z.number().nullable(),
    reference: z
      .strictObject({
        holdouts: z.int(),
        psi: z.number().nullable(),
        ks: z.number().nullable(),
        auc: z.number().nullable(),
      })
      .meta({ id: 'ShiftReference' }),
    /** Categories of the holdout that training never had, and the reverse: how many, and their share of the rows. */
    newCategories: z.int().nullable(),
    newCategoryShare: z.number().nullable(),
    vanishedCategories: z.int().nullable(),
    vanishedCategoryShare: z.number().nullable(),
    /** Above the policy's size and the reference's 95 % point. */
    alarm: z.boolean(),
  })
  .meta({ id: 'ColumnShift' });
export type ColumnShift = z.infer<typeof ColumnShift>;

/** A feature that gives the label away. */
export const Leak = z
  .strictObject({ column: z.string(), kind: z.enum(['equals-label', 'near-perfect']), strength: z.number() })
  .meta({ id: 'Leak' });
export type Leak = z.infer<typeof Leak>;

/** What was seen in features and labels, before anything is judged. A document of its own: it stays when snapshots go. */
export const Observations = z
  .strictObject({
    format: z.literal(1),
    trainSnapshot: Hash,
    holdoutSnapshot: Hash,
    /** Looked at: at most so many of each window, drawn by a seed that follows from the snapshots. */
    sampledRows: z.int(),
    columns: z.array(ColumnShift),
    /** Of a classifier that sees all features at once. */
    domainAuc: z.number().nullable(),
    leaks: z.array(Leak),
    /** Features without a value in any training row; absent where an earlier release looked. */
    empty: z.array(z.string()).optional(),
    /** Rows of the last holdout whose label has changed since; null where there was none. */
    flippedLabels: z.strictObject({ rows: z.int(), flipped: z.int() }).meta({ id: 'FlippedLabels' }).nullable(),
  })
  .meta({ id: 'Observations' });
export type Observations = z.infer<typeof Observations>;
