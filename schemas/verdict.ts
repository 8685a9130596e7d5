import { z } from 'zod';

export const verdicts = ['promote', 'keep', 'review', 'insufficient', 'invalid'] as const;
export type VerdictKind = (typeof verdicts)[number];

export const checkStatuses = ['passed', 'failed', 'unknown', 'noted', 'notRun'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

/** One thing the gate looked at. */
export const Check = z
  .strictObject({
    /** kebab-case, stable. */
    name: z.string(),
    /** `noted`: worth knowing, decides nothing. `notRun`: could not be done; `measured` says why. */
    status: z.enum(checkStatuses),
    measured: z.string(),
    required: z.string(),
    why: z.string(),
  })
  .meta({ id: 'Check' });
export type Check = z.infer<typeof Check>;

export const Verdict = z
  .strictObject({
    kind: z.enum(verdicts),
    /** One sentence that a reviewer can read aloud. */
    summary: z.string(),
    /** The check that decided. */
    deciding: z.string(),
    checks: z.array(Check),
  })
  .meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof Verdict>;
