import { z } from 'zod';
import { Message } from '../../schemas/message.ts';
import { Instant } from '../../schemas/primitives.ts';
import { Difference } from './compareDocuments.ts';

/** What was looked at. */
const verifiedParts = [
  'features',
  'evidence',
  'verdict',
  'primary',
  'policy',
  'definition',
  'files',
  'charge',
  'promotion',
  'override',
  'rollback',
  'followUp',
  'cycle',
] as const;
export type VerifiedPart = (typeof verifiedParts)[number];

/** What is measured or decided once more; the other parts are held against other rows of the ledger. */
export const isRecomputed = (part: VerifiedPart): boolean =>
  part === 'evidence' || part === 'verdict' || part === 'primary';

/**
 * - `identical`: what is stored is what comes out again, to the last bit
 * - `close`: numbers differ by at most 1e-6 of their size, as another processor makes them
 * - `differs`: something was changed
 * - `impossible`: it cannot be recomputed any more; `said` tells why
 */
export const VerifiedOutcome = z.enum(['identical', 'close', 'differs', 'impossible']);
export type VerifiedOutcome = z.infer<typeof VerifiedOutcome>;

/** What verifying one part of a judgement (or of its cycle) found. */
export const VerifiedFinding = z.strictObject({
  part: z.enum(verifiedParts),
  /** Null where it is about the cycle as a whole. */
  judgement: z.int().nullable(),
  outcome: VerifiedOutcome,
  /** `message` in English. */
  said: z.string(),
  /** The same in any language, with its values. */
  message: Message,
  differences: z.array(Difference).readonly(),
});
export type VerifiedFinding = Readonly<z.infer<typeof VerifiedFinding>>;

/** All that verifying one cycle found. */
export const VerifiedCycle = z.strictObject({
  cycle: z.string(),
  asOf: Instant,
  outcome: VerifiedOutcome,
  findings: z.array(VerifiedFinding).readonly(),
});
export type VerifiedCycle = Readonly<z.infer<typeof VerifiedCycle>>;

const gravest: readonly VerifiedOutcome[] = ['differs', 'impossible', 'close', 'identical'];

/** What a cycle, or all of them, come to: the gravest of many outcomes. */
export const worstOf = (outcomes: readonly VerifiedOutcome[]): VerifiedOutcome =>
  gravest.find((outcome) => outcomes.includes(outcome)) ?? 'identical';
