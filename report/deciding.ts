import { primaryDifference } from '../gate/opponent.ts';
import { boundary, crowning } from '../gate/wins.ts';
import type { Evidence } from '../schemas/evidence.ts';
import type { Policy } from '../schemas/policy.ts';
import type { DecidingDifference, DifferenceMark } from '../schemas/report.ts';

/** The primary metric's difference with the policy's margin or minimum gain, and what these rows can show. */
export function decidingDifference(evidence: Evidence, policy: Policy | null): DecidingDifference | null {
  const interval = primaryDifference(evidence);
  if (interval === null) return null;
  return {
    metric: evidence.primary,
    against: evidence.champion === null ? 'trivial' : 'champion',
    interval,
    marks: [...policyMarks(evidence, policy), ...detectionMarks(evidence, policy)],
  };
}

function policyMarks({ champion }: Evidence, policy: Policy | null): DifferenceMark[] {
  if (policy === null) return [];
  const { gate } = champion === null ? crowning(policy) : policy;
  const needed = boundary(gate);
  const margin = gate.margin ?? 0;
  return [
    ...(margin > 0 ? [{ meaning: 'margin' as const, value: -margin }] : []),
    ...(needed > 0 ? [{ meaning: 'minimumGain' as const, value: needed }] : []),
  ];
}

/** What a challenger has to be worth: of one that need not be better, the margin says it. */
function detectionMarks({ detection, champion }: Evidence, policy: Policy | null): DifferenceMark[] {
  const { wanted, detectable } = detection;
  const rule = policy === null || champion !== null ? policy : crowning(policy);
  if (rule?.gate.win === 'nonInferior') return [];
  const above = rule?.gate.minimumGain ?? 0;
  return [
    { meaning: 'worthHaving', value: wanted },
    ...(detectable === null ? [] : [{ meaning: 'detectable' as const, value: detectable + above }]),
  ];
}
