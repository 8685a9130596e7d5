import type { Evidence } from '../../schemas/evidence.ts';
import type { Interval } from '../../schemas/interval.ts';
import type { Message } from '../../schemas/message.ts';
import type { Policy } from '../../schemas/policy.ts';
import { describe, type Side } from '../describe.ts';
import { say } from '../messages.ts';
import { opponentSaid, primaryDifference } from '../opponent.ts';
import { of, titleOf } from '../say.ts';
import { boundary, type WinTest } from '../wins.ts';
import { type Bar, bar, lowerBound, within } from './bar.ts';

/** The challenger against its opponent, in the metric that decides. */
export function primaryBar(evidence: Evidence, policy: Policy, beats: WinTest): Bar {
  const difference = primaryDifference(evidence);
  return winBar('primary', opponentSaid(evidence), evidence, difference, policy, beats);
}

/**
 * If challengers may win without being better, small losses add up over the years. So such a challenger is also compared
 * with the last champion that won by being better.
 */
export function* anchorBar(evidence: Evidence, policy: Policy, beats: WinTest): Generator<Bar> {
  const { anchor, champion, metrics, primary } = evidence;
  if (policy.gate.win !== 'nonInferior' || champion === null || anchor === null || !judgeable(anchor)) return;
  const difference = metrics[primary]?.anchorDifference ?? null;
  yield winBar('anchor', say('opponent.anchor'), evidence, difference, policy, beats);
}

/** An anchor counts only if it has scores on these rows and was not fitted on them. */
export const judgeable = (anchor: NonNullable<Evidence['anchor']>): boolean =>
  anchor.unscorable === null && anchor.fittedOnJudgedRows === 0 && anchor.brokenScores === 0;

function winBar(
  name: string,
  whom: Message,
  { primary }: Evidence,
  difference: Interval | null,
  policy: Policy,
  beats: WinTest,
): Bar {
  const { lost } = within(policy.gate.margin ?? 0, difference);
  const low = difference?.decidingLow ?? null;
  const met = low !== null && beats(low, policy);
  const at = boundary(policy.gate);
  const side: Side = lost ? 'high' : 'low';
  return bar(
    {
      name,
      measured: say('win.measured', { metric: titleOf(primary), whom, difference: describe(difference, side) }),
      required: at === 0 ? say('win.required-zero') : say('win.required', { bound: of(at, 'difference') }),
      why: say(`win.${policy.gate.win}.why`, { whom }),
      compared: [lowerBound(difference, at)],
    },
    { lost, met },
  );
}
