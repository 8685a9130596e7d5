import type { Evidence } from '../schemas/evidence.ts';
import { metricEntry } from '../schemas/metrics.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Check } from '../schemas/verdict.ts';
import { lossesToTrivial } from './checks/declaredLosses.ts';
import { describe } from './describe.ts';
import { amount, counted } from './numbers.ts';
import { opponent, primaryDifference } from './opponent.ts';
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
export function summarise(ending: Ending, deciding: Check, evidence: Evidence, policy: Policy): string {
  const { name } = opponent(evidence);
  const scope = `on ${counted(evidence.rows.judged, 'row')} in ${counted(evidence.clusters.count, 'cluster')}`;
  const side = ending === 'loss' || ending === 'notWorth' ? 'high' : 'low';
  const result = `${metricEntry(evidence.primary).title} ${describe(primaryDifference(evidence), side)} ${scope}`;
  const { wins, mayNot } = phrases(policy, name);
  const short = `${deciding.measured} (required: ${deciding.required})`;
  switch (ending) {
    case 'won': {
      const losses = lossesToTrivial(evidence, policy).map(({ said }) => said);
      const but =
        losses.length === 0
          ? ''
          : ` It is worse than the trivial predictor in what was declared besides: ${losses.join('; ')}.`;
      return `The challenger ${wins}: ${result}.${but}`;
    }
    case 'capped':
      return `The challenger ${wins} (${result}), but a person has to decide: ${deciding.measured}.`;
    case 'loss': {
      const lost =
        deciding.name === 'primary' ? `is worse than the ${name}: ${result}` : `falls short: ${short}; ${result}`;
      return `The challenger ${lost}${policy.gate.onLoss === 'review' ? '; by policy a person decides' : ''}.`;
    }
    case 'notWorth':
      return `The challenger ${mayNot}, and could gain too little to wait for more data: ${result}.`;
    case 'barsNotWorth':
      return `The challenger ${wins} but does not clear every bar, and could gain too little to wait for more data: ${result}.`;
    case 'open':
      return `There is too little data to tell: ${deciding.name === 'primary' ? `${result}${reach(evidence, policy)}` : `${short}; ${result}`}.`;
    case 'noData':
      return deciding.name === 'measurable'
        ? `Nothing can be told: ${deciding.measured}.`
        : `There is too little data to tell: ${short}.`;
    case 'disguise':
      return `The challenger is the champion in disguise: both answer the same ${scope}.`;
    case 'unsureLabels':
    case 'incomparable':
      return `A person has to decide: ${deciding.measured}.`;
    case 'invalid':
      return `The comparison does not hold: ${deciding.measured}.`;
  }
}

function phrases({ gate }: Policy, whom: string): { wins: string; mayNot: string } {
  if (gate.win === 'superior') return { wins: `beats the ${whom}`, mayNot: `does not beat the ${whom}` };
  const margin = amount(gate.margin ?? 0);
  return {
    wins: `is not worse than the ${whom} by more than ${margin}`,
    mayNot: `may be worse than the ${whom} by more than ${margin}`,
  };
}

/** What more data would take, where it is known. */
function reach({ detection: { wanted, clustersNeeded }, clusters }: Evidence, { gate }: Policy): string {
  if (clustersNeeded === null || clustersNeeded <= clusters.count) return '';
  return `; ${sought(gate, wanted)} takes about ${counted(clustersNeeded, 'cluster')}`;
}
