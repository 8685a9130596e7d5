import type { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check } from '../../schemas/verdict.ts';
import { percent, signed } from '../numbers.ts';

/** Whether labels are there and hold still. Where they do not, a person has to look, however clear the win. */
export function* labels(evidence: Evidence, policy: Policy): Generator<Check> {
  yield labelledRows(evidence, policy);
  yield labelRate(evidence);
}

function labelledRows({ labels }: Evidence, policy: Policy): Check {
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

function labelRate({ labels: { rateTrend, rateTrending } }: Evidence): Check {
  const trend =
    rateTrend === null
      ? 'no trend can be told'
      : `it changes by ${signed(rateTrend.estimate)} a day${rateTrend.low === null || rateTrend.high === null ? '' : ` (99.9 %: ${signed(rateTrend.low)} to ${signed(rateTrend.high)})`}`;
  return {
    name: 'label-rate',
    status: rateTrending ? 'failed' : rateTrend?.low == null ? 'notRun' : 'passed',
    measured: `the label's rate over the holdout: ${trend}`,
    required: "no trend beyond chance that adds up to a tenth of the rate (of numbers: of the labels' spread)",
    why: 'A rate that moves towards the end of the holdout may say that the youngest labels are not final yet.',
  };
}
