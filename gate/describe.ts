import type { Interval } from '../schemas/interval.ts';
import { amount, signed } from './numbers.ts';

/** Which of the two bounds decides: a win needs the lower one, a loss the upper one. */
export type Side = 'low' | 'high';

/**
 * An interval as a sentence holds it. The two-sided interval is for reading; where its bounds are not those that decide
 * (another alpha than half of what it leaves out), the deciding one stands beside it.
 *
 * @returns `+0.0200 (95 % interval +0.0100 to +0.0300, deciding lower bound +0.0050 at alpha 0.001)`
 */
export function describe(interval: Interval | null, side: Side = 'low'): string {
  if (interval === null) return 'nothing measured';
  const { estimate, low, high, level, alpha } = interval;
  if (low === null || high === null) return `${signed(estimate)} (no interval)`;
  const drawn = `${amount(level * 100)} % interval ${signed(low)} to ${signed(high)}`;
  if (Math.abs((1 - level) / 2 - alpha) < 1e-9) return `${signed(estimate)} (${drawn})`;
  const bound = side === 'low' ? interval.decidingLow : interval.decidingHigh;
  const decides = bound === null ? 'no' : side === 'low' ? 'lower' : 'upper';
  const deciding = bound === null ? 'no deciding bound' : `deciding ${decides} bound ${signed(bound)}`;
  return `${signed(estimate)} (${drawn}, ${deciding} at alpha ${amount(alpha)})`;
}
