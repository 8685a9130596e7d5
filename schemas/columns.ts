import { z } from 'zod';

/**
 * What a column is after extraction. The one table from Postgres types to these is `source/columnTypes.ts`;
 * the model's signature is built from it, never from a sample.
 *
 * - `number`: pandas float64, NULL is NaN
 * - `text`: pandas str, NULL is NaN
 * - `time`: pandas datetime64[us], without zone, UTC
 */
export const ColumnKind = z.enum(['number', 'text', 'time']).meta({ id: 'ColumnKind' });
export type ColumnKind = z.infer<typeof ColumnKind>;

/** How a column is read from Postgres; decides the cast in the wrapping query and the checks while extracting. */
export const SourceType = z
  .enum(['integer', 'float', 'numeric', 'boolean', 'text', 'timestamptz', 'timestamp', 'date'])
  .meta({ id: 'SourceType' });
export type SourceType = z.infer<typeof SourceType>;

export const Column = z
  .strictObject({
    name: z.string(),
    kind: ColumnKind,
    sourceType: SourceType,
    /** The type as Postgres names it, for messages. */
    postgresType: z.string(),
  })
  .meta({ id: 'Column' });
export type Column = z.infer<typeof Column>;
