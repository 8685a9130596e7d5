import { z } from 'zod';
import { Column } from './columns.ts';
import { Hash, Instant, Window } from './primitives.ts';

/** The columns that Reign adds to every snapshot. */
export const reignColumns = {
  /** The row id: int64 for integers, else text. Rows are ordered by it. */
  rowId: 'reign_row_id',
  /** The event time in UTC, microseconds, whatever type and zone the source gives it in. */
  eventTime: 'reign_event_time',
} as const;

export const ColumnStatistics = z
  .strictObject({
    name: z.string(),
    nulls: z.int(),
    /** Smallest and largest value as text (ISO 8601 for times); null for texts and where there is no value. */
    min: z.string().nullable(),
    max: z.string().nullable(),
    /** Number of different values, counted up to `distinctLimit`; null when there are more. */
    distinct: z.int().nullable(),
  })
  .meta({ id: 'ColumnStatistics' });
export type ColumnStatistics = z.infer<typeof ColumnStatistics>;

export const ClassCount = z
  .strictObject({ class: z.union([z.string(), z.number(), z.boolean()]), rows: z.int() })
  .meta({ id: 'ClassCount' });

/** Stands beside a snapshot's rows and says what they are. */
export const Manifest = z
  .strictObject({
    format: z.literal([1, 2]),
    /** Over schema and values, in the encoding that docs/snapshots.md describes. The snapshot's name in the store. */
    contentHash: Hash,
    /** Over the bytes of rows.parquet; checked at every read. */
    fileHash: Hash,
    /** Format 1 only: query and window of the first extract that gave this content. Which cycles share it is for the ledger. */
    queryHash: Hash.optional(),
    window: Window.optional(),
    /** Format 2: the first and the last event time, in whole seconds; null without rows. */
    events: z.strictObject({ first: Instant, last: Instant }).meta({ id: 'Events' }).nullable().optional(),
    rows: z.int(),
    columns: z.array(Column),
    statistics: z.array(ColumnStatistics),
    /** Rows by class, in the order of the definition's classes; null for a regression. */
    classes: z.array(ClassCount).nullable(),
    /** Rows with a label that is none of the classes. */
    unknownClassRows: z.int(),
    /** Rows without label. */
    unlabelledRows: z.int(),
  })
  .meta({ id: 'Manifest' });
export type Manifest = z.infer<typeof Manifest>;

/** What stands beside the row ids of a snapshot, as far as others than the trainer read it. */
export const RowIdsManifest = z.object({
  /** The first and the last event time, in microseconds since 1970; null without rows. */
  events: z.tuple([z.number(), z.number()]).nullable(),
});
