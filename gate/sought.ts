import type { Gate } from '../schemas/gate.ts';
import { amount } from './numbers.ts';

/** What is to be shown, in words: a gain or, where a challenger need not be better, that an equal one keeps within the margin. */
export const sought = ({ win, margin }: Gate, wanted: number): string =>
  win === 'superior' ? `a gain of ${amount(wanted)}` : `that an equal challenger keeps within ${amount(margin ?? 0)}`;

/** What rows of this detectable difference show four times in five, in words. */
export const shownBy = ({ win, minimumGain }: Gate, detectable: number): string =>
  win === 'superior'
    ? `a gain of ${amount(detectable + minimumGain)}`
    : `that an equal challenger keeps within ${amount(detectable)}`;
