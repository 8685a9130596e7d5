import { z } from 'zod';

/** The line of champions that callers see. */
export const liveLineage = 'live';

/** A line of champions: `live`, or the name of a backfill. */
export const Lineage = z.string().min(1).max(63);

/** Of a request: the live lineage, unless it names another. */
export const AskedLineage = Lineage.default(liveLineage);
