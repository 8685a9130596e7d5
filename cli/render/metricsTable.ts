import stringWidth from 'string-width';
import { formatInterval, formatMetric } from '../../gate/numbers.ts';
import type { Interval } from '../../schemas/interval.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { JudgementReport } from '../../schemas/report.ts';
import { intervalLine } from './intervalLine.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';

/**
 * Every metric of both, with the difference drawn on a line: right of the middle the challenger is better. Where the
 * terminal is narrow, the line goes first, then what the trivial predictor has.
 */
export function renderMetrics(
  { metrics: measured, unmeasured }: Pick<JudgementReport, 'metrics' | 'unmeasured'>,
  paint: Paint = plain,
  width = 120,
): string {
  if (measured.length === 0) return unmeasured?.text ?? '';
  const hasChampion = measured.some(({ champion }) => champion !== null);
  const rows = (withTrivial: boolean, line: number) =>
    measured.map(({ metric, primary, challenger, champion, trivial, difference }) => {
      const { title } = metricEntry(metric);
      return [
        primary ? paint('bold', title) : title,
        formatMetric(challenger),
        hasChampion ? formatMetric(champion) : '',
        withTrivial ? formatMetric(trivial) : '',
        difference === null ? '' : formatInterval(difference),
        difference === null || line === 0 ? '' : paintInterval(difference, paint, line),
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

const widthOf = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

function paintInterval(interval: Interval, paint: Paint, width: number): string {
  const line = intervalLine(interval, { width });
  if (interval.low !== null && interval.low > 0) return paint('green', line);
  return interval.high !== null && interval.high < 0 ? paint('red', line) : line;
}
