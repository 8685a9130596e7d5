import type { Evidence } from '../../schemas/evidence.ts';
import type { Floor } from '../../schemas/gate.ts';
import type { MetricEvidence } from '../../schemas/interval.ts';
import type { Message } from '../../schemas/message.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import { say } from '../messages.ts';
import { of, titleOf } from '../say.ts';
import { type Bar, bar } from './bar.ts';

/** Limits that the challenger has to reach by itself: its own deciding bound must lie on the right side of them. */
export function* floors({ metrics }: Evidence, { gate }: Policy): Generator<Bar> {
  for (const floor of gate.floors) yield floorBar(floor, metrics[floor.metric]);
}

function floorBar(floor: Floor, measured: MetricEvidence | undefined): Bar {
  const { metric, limit } = floor;
  const higher = metricEntry(metric).better === 'higher';
  const low = measured?.alone.decidingLow ?? null;
  const high = measured?.alone.decidingHigh ?? null;
  const bound = higher ? low : high;
  const required = of(limit, 'amount');
  return bar(
    {
      name: `floor-${metric}`,
      measured: found(floor, measured),
      required: higher ? say('floor.at-least', { limit: required }) : say('floor.at-most', { limit: required }),
      why: say('floor.why'),
      compared: [
        {
          what: higher ? 'decidingLower' : 'decidingUpper',
          measured: bound === null ? null : of(bound, 'amount'),
          relation: higher ? 'atLeast' : 'atMost',
          required,
        },
      ],
    },
    higher
      ? { lost: high !== null && high < limit, met: low !== null && low >= limit }
      : { lost: low !== null && low > limit, met: high !== null && high <= limit },
  );
}

function found({ metric }: Floor, measured: MetricEvidence | undefined): Message {
  if (measured === undefined) return say('floor.unmeasured', { metric: titleOf(metric) });
  const value = { metric: titleOf(metric), value: of(measured.challenger, 'amount') };
  const { decidingLow: low, decidingHigh: high } = measured.alone;
  if (low === null || high === null) return say('floor.no-interval', value);
  return say('floor.measured', { ...value, low: of(low, 'amount'), high: of(high, 'amount') });
}
