import type { Evidence } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import type { Metric } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import { describe } from '../describe.ts';
import { say } from '../messages.ts';
import { of, titleOf } from '../say.ts';
import type { GateCheck } from './gateCheck.ts';

/** A metric of the policy in which a first champion is worse than the trivial predictor. */
interface DeclaredLoss {
  readonly metric: Metric;
  /** `expected cost 1209, the trivial predictor 503`. */
  readonly said: Message;
}

/**
 * The metrics of the policy, besides the primary one, in which a first champion is worse than the trivial predictor. There is
 * no champion yet, so no guardrail applies. The verdict names these losses instead. From format 3 of evidence on.
 */
export function lossesToTrivial({ format, champion, metrics, primary }: Evidence, { gate }: Policy): DeclaredLoss[] {
  if (format < 3 || champion !== null) return [];
  const declared: Metric[] = [
    ...(gate.cost === undefined ? [] : (['expected_cost'] as const)),
    ...(gate.badRate === undefined ? [] : (['approval_rate'] as const)),
    ...gate.guardrails.map(({ metric }) => metric),
  ];
  return [...new Set(declared)].flatMap((metric) => {
    const measured = metrics[metric];
    if (metric === primary || measured === undefined || measured.lead.estimate >= 0) return [];
    const said = say('trivial.said', {
      metric: titleOf(metric),
      challenger: of(measured.challenger, 'amount'),
      trivial: of(measured.trivial, 'amount'),
    });
    return [{ metric, said }];
  });
}

export function* declaredLosses(evidence: Evidence, policy: Policy): Generator<GateCheck> {
  for (const { metric, said } of lossesToTrivial(evidence, policy)) {
    const lead = evidence.metrics[metric]?.lead ?? null;
    yield {
      name: `trivial-${metric}`,
      status: 'noted',
      measured: say('trivial.measured', { said, lead: describe(lead, 'high') }),
      required: say('trivial.required'),
      why: say('trivial.why'),
    };
  }
}
