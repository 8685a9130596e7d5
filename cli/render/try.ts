import { countOrDash, formatMetric } from '../../gate/numbers.ts';
import { day } from '../../report/day.ts';
import { rehearsalSaid } from '../../report/facts.ts';
import { judgementReport } from '../../report/judgement.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import { type Metric, metrics } from '../../schemas/metrics.ts';
import type { TryResult } from '../../schemas/steps.ts';
import { versionName } from '../../schemas/versionName.ts';
import { renderChecks } from './checks.ts';
import { renderMetrics } from './metricsTable.ts';
import { type Paint, plain } from './style.ts';
import { renderFields } from './table.ts';
import { renderWarnings } from './warnings.ts';

interface ShownTry {
  readonly model: string;
  readonly asOf: string;
  readonly result: TryResult;
  readonly evidence: Evidence | null;
}

/** What a try gave: metrics and checks against whom the cycle would be judged, and what the gate would say. */
export function renderTry({ model, asOf, result, evidence }: ShownTry, paint: Paint = plain): string {
  const { rows, windows, training, rehearsal, verdict, warnings } = result;
  const report = judgementReport({ verdict, evidence, policy: null });
  const trained = Object.entries(training).map(([name, value]) => `${titleOf(name)} ${formatMetric(value)}`);
  const span = ({ from, to }: { from: string; to: string }) => `${day(from)} to ${day(to)}`;
  const parts = [
    `${paint('bold', model)}  asOf ${day(asOf)}  ${paint('dim', 'a try: nothing was registered')}`,
    `${paint('dim', `judged against ${opponentOf(result)}`)}\n${verdict.summary}`,
    renderMetrics(report, paint),
    report.verdict === null ? '' : renderChecks(report.verdict, paint),
    renderFields(
      [
        ['train', `${countOrDash(rows.train)} rows (${span(windows.train)})`],
        ['holdout', `${countOrDash(rows.holdout)} rows (${span(windows.holdout)})`],
        ['in training', trained.join(', ')],
        ['rehearsal', rehearsalSaid({ rehearsal })?.text ?? null],
      ],
      paint,
    ),
    renderWarnings(warnings, paint),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function opponentOf({ against }: TryResult): string {
  if (against === null) return 'the trivial predictor';
  const { asOf, reigns } = against;
  return `${versionName(against)} (asOf ${day(asOf)})${reigns ? ', the champion' : ''}`;
}

/** `training_roc_auc` is our metric, `training_accuracy_score` one of autolog's own. */
function titleOf(name: string): string {
  const metric = name.replace(/^training_/, '');
  return metric in metrics ? metrics[metric as Metric].title : metric.replace(/_score$/, '').replaceAll('_', ' ');
}
