import type { Interval } from '../schemas/interval.ts';
import type { Message } from '../schemas/message.ts';
import { say } from './messages.ts';
import { of } from './say.ts';

/** Which of the two bounds decides: a win needs the lower one, a loss the upper one. */
export type Side = 'low' | 'high';

/**
 * An interval as part of a sentence. The two-sided interval is for reading. If the bound that decides was drawn for another
 * alpha, it follows.
 *
 * @returns `+0.0200 (95 % interval +0.0100 to +0.0300, deciding lower bound +0.0050 at alpha 0.001)`
 */
export function describe(interval: Interval | null, side: Side = 'low'): Message {
  if (interval === null) return say('nothing');
  const { low, high, level, alpha } = interval;
  const estimate = of(interval.estimate, 'difference');
  if (low === null || high === null) return say('interval.none', { estimate });
  const drawn = {
    estimate,
    level: of(level * 100, 'amount'),
    low: of(low, 'difference'),
    high: of(high, 'difference'),
  };
  if (Math.abs((1 - level) / 2 - alpha) < 1e-9) return say('interval.drawn', drawn);
  const bound = side === 'low' ? interval.decidingLow : interval.decidingHigh;
  const at = of(alpha, 'amount');
  if (bound === null) return say('interval.undecided', { ...drawn, alpha: at });
  const decides = { ...drawn, bound: of(bound, 'difference'), alpha: at };
  return side === 'low' ? say('interval.deciding-low', decides) : say('interval.deciding-high', decides);
}
