import type { Evidence } from '../../schemas/evidence.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check } from '../../schemas/verdict.ts';
import { signed } from '../numbers.ts';
import { primaryDifference } from '../opponent.ts';
import { wantedGain } from '../wantedGain.ts';

/**
 * Whether a challenger that does not win yet might still be worth it. Where even the upper bound stays below the gain that
 * is worth having (or below what it would have to win by), more data would not change the outcome: the champion is kept.
 *
 * @param won all bars are met: then it decides nothing
 */
export function worthWaiting(evidence: Evidence, { gate }: Policy, won: boolean): Check {
  const high = primaryDifference(evidence)?.decidingHigh ?? null;
  const trivial = evidence.metrics[evidence.primary]?.trivial ?? 0;
  const wanted = wantedGain(gate, evidence.primary, trivial);
  // Where an equal challenger may win, a gain is no reason to wait or not to, unless the author asks for one.
  const gains = gate.win === 'superior' || gate.detect !== undefined;
  return {
    name: 'detect',
    status: won || !gains ? 'noted' : high === null ? 'unknown' : high < wanted ? 'failed' : 'passed',
    measured:
      high === null
        ? 'no upper bound'
        : `the upper bound of the difference in ${metricEntry(evidence.primary).title} is ${signed(high)}`,
    required: `an upper bound of at least ${signed(wanted)}, the gain that is worth having`,
    why: 'What surely gains less need not wait for more data; what might gain more is not settled yet.',
  };
}
