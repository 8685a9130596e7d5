import type { Gate } from '../schemas/gate.ts';
import type { Policy } from '../schemas/policy.ts';

/**
 * Whether a challenger wins if its difference has this deciding lower bound. The gate asks it about the real comparison; the
 * controls ask it about cases whose answer is known. A gate that gets those wrong judges nothing.
 */
export type WinTest = (low: number, policy: Policy) => boolean;

/** The deciding lower bound must lie above this. It is below zero only if a challenger may win without being better. */
export const boundary = ({ win, minimumGain, margin }: Pick<Gate, 'win' | 'minimumGain' | 'margin'>): number =>
  win === 'superior' ? minimumGain : -(margin ?? 0);

/** The gate's test. */
export const wins: WinTest = (low, { gate }) => low > boundary(gate);

/** The policy by which the first champion is crowned: nobody may be worse than the trivial predictor. */
export function crowning(policy: Policy): Policy {
  const { gate } = policy;
  return gate.win === 'superior'
    ? policy
    : { ...policy, gate: { ...gate, win: 'superior', minimumGain: 0, margin: 0 } };
}
