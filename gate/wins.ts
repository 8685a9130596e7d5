import type { Gate } from '../schemas/gate.ts';
import type { Policy } from '../schemas/policy.ts';

/**
 * Whether a challenger wins whose difference has this deciding lower bound. It is asked about the real comparison and,
 * with cases whose answer is known, by the controls: a gate that does not answer those rightly judges nothing.
 */
export type WinTest = (low: number, policy: Policy) => boolean;

/** What the deciding lower bound must lie above. Below zero only where a challenger may win without being better. */
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
