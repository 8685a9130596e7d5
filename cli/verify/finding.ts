import type { Difference } from './compareDocuments.ts';

/** What was looked at. */
export type VerifiedPart =
  | 'evidence'
  | 'verdict'
  | 'primary'
  | 'policy'
  | 'definition'
  | 'files'
  | 'charge'
  | 'promotion'
  | 'followUp'
  | 'cycle';

/** What is measured or decided once more; the other parts are held against other rows of the ledger. */
export const isRecomputed = (part: VerifiedPart): boolean =>
  part === 'evidence' || part === 'verdict' || part === 'primary';

/**
 * - `identical`: what is stored is what comes out again, to the last bit
 * - `close`: numbers differ by at most 1e-6 of their size, as another processor makes them
 * - `differs`: something was changed
 * - `impossible`: it cannot be recomputed any more; `said` tells why
 */
export type VerifiedOutcome = 'identical' | 'close' | 'differs' | 'impossible';

/** What verifying one part of a judgement (or of its cycle) found. */
export interface VerifiedFinding {
  readonly part: VerifiedPart;
  /** Null where it is about the cycle as a whole. */
  readonly judgement: number | null;
  readonly outcome: VerifiedOutcome;
  readonly said: string;
  readonly differences: readonly Difference[];
}

/** All that verifying one cycle found. */
export interface VerifiedCycle {
  readonly cycle: string;
  readonly asOf: string;
  readonly outcome: VerifiedOutcome;
  readonly findings: readonly VerifiedFinding[];
}

const gravest: readonly VerifiedOutcome[] = ['differs', 'impossible', 'close', 'identical'];

/** What a cycle, or all of them, come to: the gravest of many outcomes. */
export const worstOf = (outcomes: readonly VerifiedOutcome[]): VerifiedOutcome =>
  gravest.find((outcome) => outcomes.includes(outcome)) ?? 'identical';
