import { z } from 'zod';

/** What an error is about, as data. Lines and columns count from 1. */
export const ErrorPlace = z
  .strictObject({
    file: z.string().nullable(),
    /** The field of the definition, from the top: `['source', 'features', 2]`. */
    field: z.array(z.union([z.string(), z.int()])).nullable(),
    /** In the file or, where there is none, in the field's text. */
    line: z.int().nullable(),
    column: z.int().nullable(),
  })
  .meta({ id: 'ErrorPlace' });
export type ErrorPlace = z.infer<typeof ErrorPlace>;

export const nowhere: ErrorPlace = { file: null, field: null, line: null, column: null };
