import type { Gate } from '../schemas/gate.ts';
import type { Message } from '../schemas/message.ts';
import { say } from './messages.ts';
import { of } from './say.ts';

/**
 * What has to be shown, in words: a gain, or, if a challenger need not be better, that an equal one stays within the margin.
 */
export const sought = ({ win, margin }: Gate, wanted: number): Message =>
  win === 'superior'
    ? say('sought.gain', { gain: of(wanted, 'amount') })
    : say('sought.margin', { margin: of(margin ?? 0, 'amount') });

/** What rows with this detectable difference show four times in five, in words. */
export const shownBy = ({ win, minimumGain }: Gate, detectable: number): Message =>
  win === 'superior'
    ? say('sought.gain', { gain: of(detectable + minimumGain, 'amount') })
    : say('sought.margin', { margin: of(detectable, 'amount') });
