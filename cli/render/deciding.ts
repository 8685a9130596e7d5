import { opponent, primaryDifference } from '../../gate/opponent.ts';
import { boundary, crowning } from '../../gate/wins.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import { differencePicture, type Mark } from './differencePicture.ts';
import { type Paint, plain } from './style.ts';

/** The primary metric's difference with zero, the policy's margin or minimum gain, and what these rows can show. */
export function renderDeciding(evidence: Evidence, policy: Policy | null, paint: Paint = plain, width = 100): string {
  const interval = primaryDifference(evidence);
  if (interval === null) return '';
  const against = opponent(evidence).name;
  const title = `${metricEntry(evidence.primary).title} against the ${against}: better is to the right`;
  const marks = [...policyMarks(evidence, policy), ...detectionMarks(evidence, policy)];
  return `${paint('bold', title)}\n${differencePicture(interval, marks, { paint, width })}`;
}

function policyMarks({ champion }: Evidence, policy: Policy | null): Mark[] {
  if (policy === null) return [];
  const { gate } = champion === null ? crowning(policy) : policy;
  const needed = boundary(gate);
  const margin = gate.margin ?? 0;
  return [
    ...(margin > 0 ? [{ sign: 'M', value: -margin, meaning: 'margin' }] : []),
    ...(needed > 0 ? [{ sign: 'G', value: needed, meaning: 'minimum gain' }] : []),
  ];
}

/** What a challenger has to be worth: of one that need not be better, the margin says it. */
function detectionMarks({ detection: { wanted, detectable }, champion }: Evidence, policy: Policy | null): Mark[] {
  const rule = policy === null || champion !== null ? policy : crowning(policy);
  if (rule?.gate.win === 'nonInferior') return [];
  const above = rule?.gate.minimumGain ?? 0;
  return [
    { sign: 'W', value: wanted, meaning: 'worth having' },
    ...(detectable === null ? [] : [{ sign: 'D', value: detectable + above, meaning: 'detectable on these rows' }]),
  ];
}
