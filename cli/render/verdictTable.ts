import { formatInterval, formatMetric } from '../../gate/numbers.ts';
import { day } from '../../report/day.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { metrics } from '../../schemas/metrics.ts';
import { awaited } from './awaited.ts';
import { horizontalBar, sparkline } from './sparkline.ts';
import { type Paint, plain, statusFormats, verdictFormats } from './style.ts';
import { renderTable } from './table.ts';

/**
 * Cycles of one model, one a line: what was decided, between whom, by how much, and the metric as a small picture.
 *
 * @param deciding by cycle, what decided: then that stands in the table, and by which definition version, where there are several
 */
export function renderVerdictTable(
  cycles: readonly Cycle[],
  paint: Paint = plain,
  deciding?: ReadonlyMap<string, string>,
): string {
  const several = deciding !== undefined && new Set(cycles.map(({ definitionVersion }) => definitionVersion)).size > 1;
  const name = cycles.find(({ primary }) => primary !== null)?.primary?.metric;
  const title = name === undefined ? 'metric' : metrics[name].title;
  // One picture has one scale: a cycle judged by another metric shows its number only.
  const values = cycles.map(({ primary }) => (primary?.metric === name ? (primary?.challenger ?? null) : null));
  const rows = cycles.map((cycle, at) => {
    const [asOf = '', status = '', verdict = '', ...rest] = row(cycle, values[at] ?? null, values, paint);
    const version = several ? [`v${cycle.definitionVersion}`] : [];
    const why = deciding === undefined ? [] : [deciding.get(cycle.id) ?? ''];
    return [asOf, ...version, status, verdict, ...why, ...rest];
  });
  const columns = [
    { title: 'asOf' },
    ...(several ? [{ title: 'definition' }] : []),
    { title: 'status' },
    { title: 'verdict' },
    ...(deciding === undefined ? [] : [{ title: 'decided by' }]),
    { title: 'version', align: 'right' as const },
    { title: 'against', align: 'right' as const },
    { title, align: 'right' as const },
    { title: 'champion', align: 'right' as const },
    { title: 'difference [95 %]' },
    { title: '' },
  ];
  const table = renderTable(columns, rows, paint);
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return table;
  const ends = `${formatMetric(Math.min(...known))} to ${formatMetric(Math.max(...known))}`;
  return `${table}\n\n${title} of the challengers  ${sparkline(values)}  ${paint('dim', ends)}`;
}

/** Whom a challenger met that has no number: the trivial predictor, or a version of a backfill. */
const unnumbered = (primary: Cycle['primary']): string =>
  primary === null ? '' : primary.champion === null ? 'trivial' : 'champion';

function row(cycle: Cycle, value: number | null, values: readonly (number | null)[], paint: Paint): string[] {
  const { primary, status, verdict } = cycle;
  const versus = cycle.champion === null ? unnumbered(primary) : `v${cycle.champion}`;
  const difference = primary === null ? null : { estimate: primary.difference, low: primary.low, high: primary.high };
  return [
    day(cycle.asOf),
    paint(statusFormats[status], status),
    verdict === null || cycle.waitsFor !== null
      ? (cycle.failure?.code ?? (cycle.waitsFor === null ? '' : `for ${awaited[cycle.waitsFor]}`))
      : paint(verdictFormats[verdict], verdict),
    cycle.challenger === null ? '' : `v${cycle.challenger}`,
    versus,
    primary === null ? '' : formatMetric(primary.challenger),
    primary?.champion == null ? '' : formatMetric(primary.champion),
    difference === null ? '' : formatInterval(difference),
    paint(status === 'promoted' ? 'green' : 'dim', horizontalBar(value, values)),
  ];
}
