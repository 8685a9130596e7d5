import { z } from 'zod';
import { AskedLineage } from '../schemas/lineage.ts';

/** How a request names a cycle. */
export const CycleName = z.strictObject({
  /** The cycle's id; with `asOf`, the model's name. */
  cycle: z.string().min(1),
  /** As a person writes it: `2001-02-12`, or an ISO 8601 time with zone. */
  asOf: z.string().optional(),
  /** With `asOf`: of which lineage. Default: `live`. */
  lineage: AskedLineage,
});
export type CycleName = z.infer<typeof CycleName>;
