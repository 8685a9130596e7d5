import type { Cycle, Failure, Judgement } from '../../schemas/cycle.ts';
import type { Evidence, Interval } from '../../schemas/evidence.ts';
import { type Metric, metrics } from '../../schemas/metrics.ts';
import type { Check, Verdict } from '../../schemas/verdict.ts';
import { intervalLine } from './intervalLine.ts';
import { formatCount, formatInterval, formatMetric } from './numbers.ts';
import { type Paint, plain, statusFormats, verdictFormats } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { formatAsOf, formatElapsed, formatTime } from './times.ts';

interface ShownCycle {
  readonly cycle: Cycle;
  readonly judgements: readonly Judgement[];
  /** Null where there is none yet, or where the store is not reachable. */
  readonly evidence: Evidence | null;
}

/** One cycle in full. */
export function renderCycle({ cycle, judgements, evidence }: ShownCycle, paint: Paint = plain): string {
  const last = judgements.at(-1);
  const parts = [
    headline(cycle, paint),
    cycle.failure === null ? (last?.verdict.summary ?? cycle.summary ?? '') : renderFailure(cycle.failure, paint),
    last === undefined ? '' : renderChecks(last.verdict, paint),
    metricsPart({ cycle, judgements, evidence }, paint),
    facts(cycle, evidence, paint),
    judgements.length > 1 ? renderJudgements(judgements, paint) : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headline(cycle: Cycle, paint: Paint): string {
  const status = paint(statusFormats[cycle.status], cycle.status);
  return `${paint('bold', cycle.model)}  asOf ${formatAsOf(cycle.asOf)}  ${status}`;
}

function renderFailure({ code, message, advice, step }: Failure, paint: Paint): string {
  return `${paint('red', `failed at ${step}: ${code}`)}\n${message}\n${paint('dim', advice)}`;
}

const marks: Record<Check['status'], string> = { passed: '✓', failed: '✗', unknown: '?' };
const checkFormats = { passed: 'green', failed: 'red', unknown: 'yellow' } as const;

/** The verdict with what led to it; the check that decided is marked. Why a check is there is told where it matters. */
export function renderChecks(verdict: Verdict, paint: Paint = plain): string {
  const lines = verdict.checks.flatMap((check) => {
    const decided = check.name === verdict.deciding;
    const name = decided ? paint('bold', `${check.name} (decided)`) : check.name;
    const matters = decided || check.status !== 'passed';
    return [
      `${paint(checkFormats[check.status], marks[check.status])} ${name}: ${check.measured}`,
      paint('dim', `    required: ${check.required}`),
      ...(matters ? [paint('dim', `    ${check.why}`)] : []),
    ];
  });
  return [`verdict  ${paint(verdictFormats[verdict.kind], verdict.kind)}`, ...lines].join('\n');
}

function metricsPart({ cycle, evidence }: ShownCycle, paint: Paint): string {
  if (evidence !== null) return renderMetrics(evidence, paint);
  if (cycle.primary === null) return '';
  const { metric, challenger, champion, difference, low, high } = cycle.primary;
  const compared = champion === null ? '' : `, champion ${formatMetric(champion)}`;
  const by = formatInterval({ estimate: difference, low, high });
  const missing = paint('dim', "(the other metrics are in the store's evidence, which is not reachable from here)");
  return `${metrics[metric].title}  challenger ${formatMetric(challenger)}${compared}  difference ${by}\n${missing}`;
}

/** Every metric of both, with the difference drawn on a line: right of the middle the challenger is better. */
export function renderMetrics(evidence: Evidence, paint: Paint = plain): string {
  const order = (name: string) => Object.keys(metrics).indexOf(name);
  const measured = Object.entries(evidence.metrics).sort(([a], [b]) => order(a) - order(b));
  if (measured.length === 0) return `Nothing was measured: ${evidence.unmeasured ?? 'the evidence holds no metric'}`;
  const hasChampion = measured.some(([, { champion }]) => champion !== null);
  const rows = measured.map(([name, metric]) => {
    const interval = hasChampion ? metric.difference : metric.lead;
    const title = name in metrics ? metrics[name as Metric].title : name;
    return [
      name === evidence.primary ? paint('bold', title) : title,
      formatMetric(metric.challenger),
      hasChampion ? formatMetric(metric.champion) : '',
      formatMetric(metric.trivial),
      interval === null ? '' : formatInterval(interval),
      interval === null ? '' : paintInterval(interval, paint),
    ];
  });
  const right = 'right' as const;
  const columns = [
    { title: 'metric' },
    { title: 'challenger', align: right },
    { title: 'champion', align: right },
    { title: 'trivial', align: right },
    { title: hasChampion ? 'difference [95 %]' : 'lead over trivial [95 %]' },
    { title: 'worse ┊ better'.padStart(22) },
  ];
  return renderTable(columns, rows, paint);
}

function paintInterval(interval: Interval, paint: Paint): string {
  const line = intervalLine(interval);
  if (interval.low !== null && interval.low > 0) return paint('green', line);
  return interval.high !== null && interval.high < 0 ? paint('red', line) : line;
}

function facts(cycle: Cycle, evidence: Evidence | null, paint: Paint): string {
  const { rows, snapshots } = cycle;
  const window = evidence === null ? '' : ` (${formatAsOf(evidence.window.from)} to ${formatAsOf(evidence.window.to)})`;
  const clusters =
    evidence === null || evidence.clusters.by === 'none'
      ? null
      : `${formatCount(evidence.clusters.count)} by ${[evidence.clusters.by].flat().join(', ')}`;
  const ended = cycle.endedAt === null ? 'not ended' : `took ${formatElapsed(cycle.startedAt, cycle.endedAt)}`;
  return renderFields(
    [
      ['challenger', cycle.challenger === null ? null : `version ${cycle.challenger}`],
      ['champion', cycle.champion === null ? null : `version ${cycle.champion}`],
      ['train', rows.train === null ? null : `${formatCount(rows.train)} rows`],
      ['holdout', rows.holdout === null ? null : `${formatCount(rows.holdout)} rows${window}`],
      ['judged', rows.judged === null ? null : `${formatCount(rows.judged)} rows`],
      ['clusters', clusters],
      ['rehearsal', evidence === null ? null : rehearsalText(evidence)],
      ['snapshots', snapshots.train === null ? null : `train ${snapshots.train}\nholdout ${snapshots.holdout ?? '-'}`],
      ['evidence', cycle.evidence],
      ['definition', `version ${cycle.definitionVersion}`],
      ['trigger', cycle.trigger],
      ['started', `${formatTime(cycle.startedAt)}, ${ended}${cycle.attempt > 1 ? `, attempt ${cycle.attempt}` : ''}`],
      ['cycle', cycle.id],
    ],
    paint,
  );
}

function rehearsalText({ rehearsal: { rows, mismatches } }: Evidence): string {
  const differing = mismatches === 0 ? 'all with the same answer' : `${formatCount(mismatches)} with another answer`;
  return `${formatCount(rows)} rows as JSON, ${differing}`;
}

function renderJudgements(judgements: readonly Judgement[], paint: Paint): string {
  const titles = ['judgement', 'against', 'verdict', 'summary'].map((title) => ({ title }));
  const rows = judgements.map(({ number, champion, verdict }) => [
    String(number),
    champion === null ? 'trivial' : `v${champion}`,
    paint(verdictFormats[verdict.kind], verdict.kind),
    verdict.summary,
  ]);
  return renderTable(titles, rows, paint);
}
