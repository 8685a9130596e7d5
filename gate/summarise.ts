import type { Evidence } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import type { Policy } from '../schemas/policy.ts';
import { lossesToTrivial } from './checks/declaredLosses.ts';
import type { GateCheck } from './checks/gateCheck.ts';
import { describe } from './describe.ts';
import { say } from './messages.ts';
import { opponentSaid, primaryDifference } from './opponent.ts';
import { listed, of, titleOf } from './say.ts';
import { sought } from './sought.ts';

/** Why the verdict is what it is: which of the stages ended the search. */
export type Ending =
  | 'invalid'
  | 'disguise'
  | 'incomparable'
  | 'noData'
  | 'loss'
  | 'unsureLabels'
  | 'capped'
  | 'won'
  | 'notWorth'
  | 'barsNotWorth'
  | 'open';

/** The verdict as one sentence that a reviewer can read aloud. */
export function summarise(ending: Ending, deciding: GateCheck, evidence: Evidence, policy: Policy): Message {
  const whom = opponentSaid(evidence);
  const scope = { rows: of(evidence.rows.judged, 'row'), clusters: of(evidence.clusters.count, 'cluster') };
  const side = ending === 'loss' || ending === 'notWorth' ? 'high' : 'low';
  const result = say('summary.result', {
    metric: titleOf(evidence.primary),
    difference: describe(primaryDifference(evidence), side),
    ...scope,
  });
  const { wins, mayNot } = phrases(policy, whom);
  const { measured, required } = deciding;
  const short = say('summary.short', { measured, required });
  switch (ending) {
    case 'won': {
      const losses = lossesToTrivial(evidence, policy).map(({ said }) => said);
      return losses.length === 0
        ? say('summary.won', { wins, result })
        : say('summary.won-but', { wins, result, losses: listed(losses, '; ') });
    }
    case 'capped':
      return say('summary.capped', { wins, result, measured });
    case 'loss': {
      const lost =
        deciding.name === 'primary'
          ? say('summary.worse', { whom, result })
          : say('summary.falls-short', { short, result });
      return say(policy.gate.onLoss === 'review' ? 'summary.loss-review' : 'summary.loss', { lost });
    }
    case 'notWorth':
      return say('summary.notWorth', { mayNot, result });
    case 'barsNotWorth':
      return say('summary.barsNotWorth', { wins, result });
    case 'open':
      return deciding.name === 'primary' ? open(evidence, policy, result) : say('summary.open-bar', { short, result });
    case 'noData':
      return deciding.name === 'measurable'
        ? say('summary.unmeasurable', { measured })
        : say('summary.noData', { short });
    case 'disguise':
      return say('summary.disguise', { scope: say('summary.scope', scope) });
    case 'unsureLabels':
    case 'incomparable':
      return say('summary.person', { measured });
    case 'invalid':
      return say('summary.invalid', { measured });
  }
}

function phrases({ gate }: Policy, whom: Message): { wins: Message; mayNot: Message } {
  if (gate.win === 'superior')
    return { wins: say('summary.beats', { whom }), mayNot: say('summary.beats-not', { whom }) };
  const margin = of(gate.margin ?? 0, 'amount');
  return { wins: say('summary.keeps', { whom, margin }), mayNot: say('summary.keeps-not', { whom, margin }) };
}

/** Adds how much data would be enough, if that is known. */
function open(
  { detection: { wanted, clustersNeeded }, clusters }: Evidence,
  { gate }: Policy,
  result: Message,
): Message {
  if (clustersNeeded === null || clustersNeeded <= clusters.count) return say('summary.open', { result });
  return say('summary.open-takes', {
    result,
    sought: sought(gate, wanted),
    clusters: of(clustersNeeded, 'cluster'),
  });
}
