import { formatInterval, formatMetric } from '../../gate/numbers.ts';
import type { compareOperation } from '../../operations/compare.ts';
import type { AnswerOf } from '../../operations/operation.ts';
import { day } from '../../report/day.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { ComparisonReport, MetricRow, ReportedCheck } from '../../schemas/report.ts';
import { checkFormats, marks } from './checks.ts';
import { type Paint, plain, statusFormats, verdictFormats } from './style.ts';
import { renderTable } from './table.ts';
import { hang } from './wrap.ts';

/** Two cycles, A and B, side by side: what was judged, every metric, the checks that ended differently, the definitions. */
export function renderComparison(
  { one, other, changes, report }: AnswerOf<typeof compareOperation>,
  paint: Paint = plain,
  width = 100,
): string {
  const parts = [
    `${paint('bold', 'A')}  ${one.id}\n${paint('bold', 'B')}  ${other.id}`,
    report.notes.map(({ text }) => hang(text, width, 0)).join('\n'),
    renderFacts(one, other, report, paint),
    renderMetricPairs(report, paint),
    renderCheckPairs(report, paint, width),
    renderChanges(changes, paint, width),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const sides = [{ title: '' }, { title: 'A' }, { title: 'B' }];

function renderFacts(one: Cycle, other: Cycle, { facts }: ComparisonReport, paint: Paint): string {
  const ofBoth = (of: (cycle: Cycle) => string) => [of(one), of(other)];
  const rows = [
    ['asOf', ...ofBoth(({ asOf }) => day(asOf))],
    ['status', ...ofBoth(({ status }) => paint(statusFormats[status], status))],
    ['verdict', ...ofBoth(({ verdict }) => (verdict === null ? '' : paint(verdictFormats[verdict], verdict)))],
    ...facts.map(({ name, said }) => [name, ...said.map((message) => message?.text ?? '')]),
  ];
  return renderTable(sides, rows, paint);
}

/** Of each the challenger's value, and its difference against whom it was judged. */
function renderMetricPairs({ metrics }: ComparisonReport, paint: Paint): string {
  if (metrics.length === 0) return '';
  const cells = (row: MetricRow | null) => [
    row === null ? '' : formatMetric(row.challenger),
    row?.difference == null ? '' : formatInterval(row.difference),
  ];
  const right = 'right' as const;
  const columns = [
    { title: 'metric' },
    ...['A', 'B'].flatMap((side) => [
      { title: `challenger ${side}`, align: right },
      { title: `difference ${side} [95 %]` },
    ]),
  ];
  const rows = metrics.map(({ metric, rows: [one, other] }) => {
    const { title } = metricEntry(metric);
    const isPrimary = one?.primary === true || other?.primary === true;
    return [isPrimary ? paint('bold', title) : title, ...cells(one), ...cells(other)];
  });
  return renderTable(columns, rows, paint);
}

function renderCheckPairs({ checks }: ComparisonReport, paint: Paint, width: number): string {
  if (checks.length === 0) return '';
  const differing = checks.filter(({ same }) => !same);
  const said = (side: string, check: ReportedCheck | null) =>
    check === null
      ? `  ${side} ${paint('dim', '–')} not made`
      : `  ${side} ${paint(checkFormats[check.status], marks[check.status])} ${hang(check.measured, width, 6)}`;
  const lines = differing.map(({ name, made: [one, other] }) => [name, said('A', one), said('B', other)].join('\n'));
  const alike = checks.length - differing.length;
  const rest = `${alike} of ${checks.length} checks ended alike`;
  return [...lines, paint('dim', rest)].join('\n');
}

function renderChanges(changes: readonly string[], paint: Paint, width: number): string {
  if (changes.length === 0) return paint('dim', 'The definitions are the same.');
  return [paint('bold', 'The definition, from A to B'), ...changes.map((line) => `  ${hang(line, width, 4)}`)].join(
    '\n',
  );
}
