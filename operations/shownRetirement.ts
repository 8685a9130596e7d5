import { z } from 'zod';
import type { Retirement } from '../ledger/retirements.ts';

/** When a model was retired, by whom and why; null where it is retrained. */
export const ShownRetirement = z.strictObject({ at: z.string(), by: z.string(), reason: z.string() }).nullable();

export const shownRetirement = (retirement: Retirement | null): z.input<typeof ShownRetirement> =>
  retirement && { at: retirement.at, by: retirement.by, reason: retirement.reason };
