import type { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import { say } from '../messages.ts';
import { primaryDifference } from '../opponent.ts';
import { of, titleOf } from '../say.ts';
import { wantedGain } from '../wantedGain.ts';
import type { GateCheck } from './gateCheck.ts';

/**
 * Whether more data might still show that the challenger wins. If even the upper bound is below the gain that is worth having
 * (or below what is needed to win), more data would not change the outcome, and the champion is kept.
 *
 * @param won all bars are met; then this check decides nothing
 */
export function worthWaiting(evidence: Evidence, { gate }: Policy, won: boolean): GateCheck {
  const high = primaryDifference(evidence)?.decidingHigh ?? null;
  const trivial = evidence.metrics[evidence.primary]?.trivial ?? 0;
  const wanted = wantedGain(gate, evidence.primary, trivial);
  // If an equal challenger may win, a gain matters for waiting only if the author asks for one.
  const gains = gate.win === 'superior' || gate.detect !== undefined;
  return {
    name: 'detect',
    status: won || !gains ? 'noted' : high === null ? 'unknown' : high < wanted ? 'failed' : 'passed',
    measured:
      high === null
        ? say('detect.none')
        : say('detect.measured', { metric: titleOf(evidence.primary), high: of(high, 'difference') }),
    required: say('detect.required', { wanted: of(wanted, 'difference') }),
    why: say('detect.why'),
    compared: [
      {
        what: 'decidingUpper',
        measured: high === null ? null : of(high, 'difference'),
        relation: 'atLeast',
        required: of(wanted, 'difference'),
      },
    ],
  };
}
