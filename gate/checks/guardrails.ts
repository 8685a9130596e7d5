import type { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import { describe } from '../describe.ts';
import { say } from '../messages.ts';
import { of, titleOf } from '../say.ts';
import { type Bar, bar, lowerBound, within } from './bar.ts';

/**
 * Metrics that must not get worse by more than a margin. All of them have to pass, so their number needs no correction: the
 * chance that a bad challenger passes all is at most the chance that it passes the one that it breaks.
 */
export function* guardrails({ champion, metrics }: Evidence, { gate }: Policy): Generator<Bar> {
  if (champion === null) return;
  for (const { metric, margin } of gate.guardrails) {
    const difference = metrics[metric]?.difference ?? null;
    const outcome = within(margin, difference);
    yield bar(
      {
        name: `guardrail-${metric}`,
        measured: say('guardrail.measured', {
          metric: titleOf(metric),
          difference: describe(difference, outcome.lost ? 'high' : 'low'),
        }),
        required: say('guardrail.required', { bound: of(-margin, 'difference') }),
        why: say('guardrail.why'),
        compared: [lowerBound(difference, -margin)],
      },
      outcome,
    );
  }
}
