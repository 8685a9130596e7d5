import { formatInterval, formatMetric } from '../../gate/numbers.ts';
import { day } from '../../report/day.ts';
import type { Cycle, Failure, Judgement } from '../../schemas/cycle.ts';
import { metrics } from '../../schemas/metrics.ts';
import type { CycleReport } from '../../schemas/report.ts';
import { awaited } from './awaited.ts';
import { reportParts } from './report.ts';
import { type Paint, plain, statusFormats, verdictFormats } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { renderWarnings } from './warnings.ts';
import { hang, wrap } from './wrap.ts';

/** One cycle in full. */
export function renderCycle(report: CycleReport, paint: Paint = plain, width = 100): string {
  const { cycle, judgement, judgements, warnings, next } = report;
  // What it waits for now is newer than any verdict.
  const said = cycle.failure === null && judgement.verdict !== null && cycle.waitsFor === null;
  const parts = [
    headline(cycle, paint),
    said
      ? ''
      : cycle.failure === null
        ? wrap(cycle.summary ?? '', width).join('\n')
        : renderFailure(cycle.failure, paint),
    ...reportParts(judgement, paint, width),
    judgement.metrics.length === 0 && judgement.unmeasured === null ? primaryPart(cycle, paint, width) : '',
    renderWarnings(warnings, paint, width),
    cycleFields(report, paint),
    judgements.length > 1 ? renderJudgements(judgements, paint, width) : '',
    // A failure has its advice beside it.
    cycle.failure === null ? renderNext(next, paint, width) : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What a person can do now, a line each. */
function renderNext(next: CycleReport['next'], paint: Paint, width: number): string {
  return next.map(({ text }) => `${paint('bold', 'next')}  ${hang(text, width, 6)}`).join('\n');
}

function headline(cycle: Cycle, paint: Paint): string {
  const status = paint(statusFormats[cycle.status], cycle.status);
  const waitsFor = cycle.waitsFor === null ? '' : ` for ${awaited[cycle.waitsFor]}`;
  return `${paint('bold', cycle.model)}  asOf ${day(cycle.asOf)}  ${status}${waitsFor}`;
}

function renderFailure({ code, message, advice, step }: Failure, paint: Paint): string {
  return `${paint('red', `failed at ${step}: ${code}`)}\n${message}\n${paint('dim', advice)}`;
}

/** Without the evidence: what the ledger itself has of the deciding metric. */
function primaryPart({ primary }: Cycle, paint: Paint, width: number): string {
  if (primary === null) return '';
  const { metric, challenger, champion, difference, low, high } = primary;
  const compared = champion === null ? '' : `, champion ${formatMetric(champion)}`;
  const by = formatInterval({ estimate: difference, low, high });
  const missing = "(the other metrics are in the store's evidence, which is not reachable from here)";
  return `${metrics[metric].title}  challenger ${formatMetric(challenger)}${compared}  difference ${by}\n${paint('dim', hang(missing, width, 0))}`;
}

function cycleFields({ cycle, facts }: CycleReport, paint: Paint): string {
  const { snapshots, evidence, id } = cycle;
  const said = new Map(facts.map((fact) => [fact.name, fact.said.text]));
  const fields = (names: CycleReport['facts'][number]['name'][]) =>
    names.map((name): [string, string | null] => [name, said.get(name) ?? null]);
  return renderFields(
    [
      ...fields(['challenger', 'champion', 'train', 'holdout', 'judged', 'decision']),
      [
        'snapshots',
        snapshots.train === null ? null : `train   ${snapshots.train}\nholdout ${snapshots.holdout ?? '-'}`,
      ],
      ['evidence', evidence],
      ...fields(['definition', 'trigger', 'started']),
      ['cycle', id],
    ],
    paint,
  );
}

function renderJudgements(judgements: readonly Judgement[], paint: Paint, width: number): string {
  const titles = ['judgement', 'against', 'verdict', 'summary'].map((title) => ({ title }));
  const room = Math.max(20, width - 35);
  const rows = judgements.flatMap(({ number, epoch, champion, verdict }) =>
    wrap(verdict.summary, room).map((line, at) =>
      at > 0
        ? ['', '', '', line]
        : [String(number), opponentOf(epoch, champion), paint(verdictFormats[verdict.kind], verdict.kind), line],
    ),
  );
  return renderTable(titles, rows, paint);
}

/** A champion of a backfill has no number. */
const opponentOf = (epoch: number, champion: number | null): string =>
  champion !== null ? `v${champion}` : epoch === 0 ? 'trivial' : 'champion';
