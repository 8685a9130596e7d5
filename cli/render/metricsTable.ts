import type { Evidence, Interval } from '../../schemas/evidence.ts';
import { type Metric, metrics } from '../../schemas/metrics.ts';
import { intervalLine } from './intervalLine.ts';
import { formatInterval, formatMetric } from './numbers.ts';
import { type Paint, plain } from './style.ts';
import { renderTable, visibleWidth } from './table.ts';

/**
 * Every metric of both, with the difference drawn on a line: right of the middle the challenger is better. Where the
 * terminal is narrow, the line goes first, then what the trivial predictor has.
 */
export function renderMetrics(evidence: Evidence, paint: Paint = plain, width = 120): string {
  const order = (name: string) => Object.keys(metrics).indexOf(name);
  const measured = Object.entries(evidence.metrics).sort(([a], [b]) => order(a) - order(b));
  if (measured.length === 0) return `Nothing was measured: ${evidence.unmeasured ?? 'the evidence holds no metric'}`;
  const hasChampion = measured.some(([, { champion }]) => champion !== null);
  const rows = (withTrivial: boolean, line: number) =>
    measured.map(([name, metric]) => {
      const interval = hasChampion ? metric.difference : metric.lead;
      const title = name in metrics ? metrics[name as Metric].title : name;
      return [
        name === evidence.primary ? paint('bold', title) : title,
        formatMetric(metric.challenger),
        hasChampion ? formatMetric(metric.champion) : '',
        withTrivial ? formatMetric(metric.trivial) : '',
        interval === null ? '' : formatInterval(interval),
        interval === null || line === 0 ? '' : paintInterval(interval, paint, line),
      ];
    });
  const table = (withTrivial: boolean, line: number) =>
    renderTable(columnsOf(hasChampion, line), rows(withTrivial, line), paint);
  const bare = widthOf(table(true, 0));
  // Two blanks and a line of at least thirteen places; an odd number of them has a middle.
  const room = Math.min(31, (width - bare - 2 - 1) | 1);
  if (room >= 13) return table(true, room);
  return table(bare <= width, 0);
}

const right = 'right' as const;

const columnsOf = (hasChampion: boolean, line: number) => [
  { title: 'metric' },
  { title: 'challenger', align: right },
  { title: 'champion', align: right },
  { title: 'trivial', align: right },
  { title: hasChampion ? 'difference [95 %]' : 'lead over trivial [95 %]' },
  // The dots stand above the middle, where zero is.
  { title: line === 0 ? '' : 'worse ┊ better'.padStart((line - 1) / 2 + 8) },
];

const widthOf = (text: string) => Math.max(...text.split('\n').map(visibleWidth));

function paintInterval(interval: Interval, paint: Paint, width: number): string {
  const line = intervalLine(interval, { width });
  if (interval.low !== null && interval.low > 0) return paint('green', line);
  return interval.high !== null && interval.high < 0 ? paint('red', line) : line;
}
