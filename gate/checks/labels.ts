import type { Bounded, Evidence } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import type { Policy } from '../../schemas/policy.ts';
import { say } from '../messages.ts';
import { of } from '../say.ts';
import type { GateCheck } from './gateCheck.ts';

/** Whether labels are complete and their rate is stable. If not, a person has to look, however clear the win. */
export function* labels(evidence: Evidence, policy: Policy): Generator<GateCheck> {
  yield labelledRows(evidence, policy);
  yield labelRate(evidence);
}

function labelledRows({ labels }: Evidence, policy: Policy): GateCheck {
  const { unlabelledShare, trending } = labels;
  const share = of(unlabelledShare, 'share');
  const most = of(policy.gate.unlabelled, 'share');
  // If labels are selected, the evidence counts accepted rows only: other rows never get a label.
  const owing = policy.labels === 'selected' ? 'accepted' : 'mature';
  return {
    name: 'labelled-rows',
    status: unlabelledShare > policy.gate.unlabelled || trending ? 'failed' : 'passed',
    measured: say(trending ? `labelled-rows.${owing}-trend` : `labelled-rows.${owing}`, { share }),
    required: say('labelled-rows.required', { most }),
    why: say('labelled-rows.why'),
    compared: [{ what: 'unlabelledShare', measured: share, relation: 'atMost', required: most }],
  };
}

function labelRate({ labels: { rateTrend, rateTrending } }: Evidence): GateCheck {
  return {
    name: 'label-rate',
    status: rateTrending ? 'failed' : rateTrend?.low == null ? 'notRun' : 'passed',
    measured: rateTrend === null ? say('label-rate.none') : changes(rateTrend),
    required: say('label-rate.required'),
    why: say('label-rate.why'),
  };
}

function changes({ estimate, low, high }: Bounded): Message {
  const rate = of(estimate, 'difference');
  if (low === null || high === null) return say('label-rate.changes', { rate });
  return say('label-rate.bounded', { rate, low: of(low, 'difference'), high: of(high, 'difference') });
}
