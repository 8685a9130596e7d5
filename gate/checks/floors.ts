import type { Evidence } from '../../schemas/evidence.ts';
import type { Floor } from '../../schemas/gate.ts';
import type { MetricEvidence } from '../../schemas/interval.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import { amount } from '../numbers.ts';
import { type Bar, bar } from './bar.ts';

/** What the challenger has to reach by itself: its own deciding bound must lie on the right side of the limit. */
export function* floors({ metrics }: Evidence, { gate }: Policy): Generator<Bar> {
  for (const floor of gate.floors) yield floorBar(floor, metrics[floor.metric]);
}

function floorBar({ metric, limit }: Floor, measured: MetricEvidence | undefined): Bar {
  const { better, title } = metricEntry(metric);
  const higher = better === 'higher';
  const low = measured?.alone.decidingLow ?? null;
  const high = measured?.alone.decidingHigh ?? null;
  const value = measured === undefined ? 'not measured' : amount(measured.challenger);
  const bounds = low === null || high === null ? 'no interval' : `deciding bounds ${amount(low)} to ${amount(high)}`;
  return bar(
    {
      name: `floor-${metric}`,
      measured: `${title} of the challenger ${value}${measured === undefined ? '' : ` (${bounds})`}`,
      required: higher ? `a lower bound of at least ${amount(limit)}` : `an upper bound of at most ${amount(limit)}`,
      why: 'Some models are not good enough to serve, whatever the champion does.',
    },
    higher
      ? { lost: high !== null && high < limit, met: low !== null && low >= limit }
      : { lost: low !== null && low > limit, met: high !== null && high <= limit },
  );
}
