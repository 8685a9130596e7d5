import type { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check } from '../../schemas/verdict.ts';
import { percent } from '../numbers.ts';

/** Whether the rows that should show a label do. Where they do not, a person has to look, however clear the win. */
export function labelledRows({ labels }: Evidence, policy: Policy): Check {
  const trend = labels.trending ? ', and the share changes over the holdout' : '';
  // Where labels are selected, the evidence counts accepted rows only: the others never owe one.
  const owing = policy.labels === 'selected' ? 'accepted' : 'mature';
  return {
    name: 'labelled-rows',
    status: labels.unlabelledShare > policy.gate.unlabelled || labels.trending ? 'failed' : 'passed',
    measured: `${percent(labels.unlabelledShare)} of the ${owing} rows have no label${trend}`,
    required: `at most ${percent(policy.gate.unlabelled)}, without a trend`,
    why: 'Labels that are missing are seldom missing at random: those that come late are often the bad ones.',
  };
}
