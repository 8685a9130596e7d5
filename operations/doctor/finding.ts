import { z } from 'zod';
import { type ErrorCode, errors } from '../../schemas/errors.ts';

/** One part, as it was found. */
export const Finding = z.strictObject({
  part: z.string(),
  /** `warning`: it works, but a person should know about it. */
  status: z.enum(['ok', 'warning', 'problem']),
  found: z.string(),
  /** How to fix it; null where nothing is wrong. */
  advice: z.string().nullable(),
});
export type Finding = Readonly<z.infer<typeof Finding>>;

export const healthy = (part: string, found: string): Finding => ({ part, status: 'ok', found, advice: null });
export const sick = (part: string, found: string, advice: string): Finding => ({
  part,
  status: 'problem',
  found,
  advice,
});
/** It works, but a person should know about it. */
export const noted = (part: string, found: string, advice: string | null): Finding => ({
  part,
  status: 'warning',
  found,
  advice,
});
export const sickBy = (part: string, found: string, code: ErrorCode) => sick(part, found, errors[code].advice);
