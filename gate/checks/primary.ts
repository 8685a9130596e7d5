import type { Evidence } from '../../schemas/evidence.ts';
import type { Interval } from '../../schemas/interval.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import { describe, type Side } from '../describe.ts';
import { signed } from '../numbers.ts';
import { opponent, primaryDifference } from '../opponent.ts';
import { boundary, type WinTest } from '../wins.ts';
import { type Bar, bar, within } from './bar.ts';

/** The challenger against whom it has to beat, in the metric that decides. */
export function primaryBar(evidence: Evidence, policy: Policy, beats: WinTest): Bar {
  const difference = primaryDifference(evidence);
  return winBar('primary', opponent(evidence).name, evidence, difference, policy, beats);
}

/**
 * Where a challenger may win without being better, small losses would add up over the years: so it is held against the
 * last champion that won by being better too.
 */
export function* anchorBar(evidence: Evidence, policy: Policy, beats: WinTest): Generator<Bar> {
  const { anchor, champion, metrics, primary } = evidence;
  if (policy.gate.win !== 'nonInferior' || champion === null || anchor === null || !judgeable(anchor)) return;
  const difference = metrics[primary]?.anchorDifference ?? null;
  yield winBar('anchor', 'last champion that won by superiority', evidence, difference, policy, beats);
}

/** An anchor counts only with scores on these rows, and not where it was fitted on them. */
export const judgeable = (anchor: NonNullable<Evidence['anchor']>): boolean =>
  anchor.unscorable === null && anchor.fittedOnJudgedRows === 0 && anchor.brokenScores === 0;

function winBar(
  name: string,
  whom: string,
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
      measured: `${metricEntry(primary).title} against the ${whom} ${describe(difference, side)}`,
      required: `a lower bound above ${at === 0 ? 'zero' : signed(at)}`,
      why:
        policy.gate.win === 'superior'
          ? `The challenger must be better than the ${whom} beyond what chance gives.`
          : `The challenger must not be worse than the ${whom} by more than the margin.`,
    },
    { lost, met },
  );
}
