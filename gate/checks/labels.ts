import type { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check } from '../../schemas/verdict.ts';
import { percent } from '../numbers.ts';

/** Whether the rows that should show a label do. Where they do not, a person has to look, however clear the win. */
export function labelledRows({ labels, selection }: Evidence, policy: Policy): Check {
  // Where labels are selected, rows that were not accepted never show one: only accepted rows owe it.
  const selected = policy.labels === 'selected' && selection !== null && selection.accepted > 0;
  const missing = selected ? Math.max(0, 1 - selection.labelled / selection.accepted) : labels.unlabelledShare;
  const trend = labels.trending ? ', and the share changes over the holdout' : '';
  return {
    name: 'labelled-rows',
    status: missing > policy.gate.unlabelled || labels.trending ? 'failed' : 'passed',
    measured: `${percent(missing)} of the ${selected ? 'accepted' : 'mature'} rows have no label${trend}`,
    required: `at most ${percent(policy.gate.unlabelled)}, without a trend`,
    why: 'Labels that are missing are seldom missing at random: those that come late are often the bad ones.',
  };
}
