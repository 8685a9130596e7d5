import { beginsBefore } from '../../gate/windows.ts';
import type { Cycle, Failure, Judgement } from '../../schemas/cycle.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import { metrics } from '../../schemas/metrics.ts';
import type { Observations } from '../../schemas/observations.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Window } from '../../schemas/primitives.ts';
import { formatCount, formatInterval, formatMetric } from './numbers.ts';
import { reportParts } from './report.ts';
import { type Paint, plain, statusFormats, verdictFormats } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { formatAsOf, formatElapsed, formatTime } from './times.ts';
import { renderWarnings } from './warnings.ts';
import { hang, wrap } from './wrap.ts';

interface ShownCycle {
  readonly cycle: Cycle;
  readonly judgements: readonly Judgement[];
  /** Null where there is none yet, or where the store is not reachable. */
  readonly evidence: Evidence | null;
  /** What the last judgement was held against. Default: not known. */
  readonly policy?: Policy | null;
  /** What was seen in the features. Default: not known. */
  readonly observations?: Observations | null;
  /** What the cycle claimed. Default: not known; the holdout's is then taken from the evidence. */
  readonly windows?: { readonly train: Window; readonly holdout: Window } | null;
  /** The first event of the training rows. Default: not known. */
  readonly firstEvent?: string | null;
  /** What was warned of in it. Default: nothing. */
  readonly warnings?: readonly string[];
  /** What it tries again now, and why. Default: nothing. */
  readonly retries?: readonly string[];
}

/** One cycle in full. */
export function renderCycle(shown: ShownCycle, paint: Paint = plain, width = 100): string {
  const { cycle, judgements, evidence, policy = null, observations = null, warnings = [], retries = [] } = shown;
  const verdict = judgements.at(-1)?.verdict ?? null;
  // What it waits for now is newer than any verdict.
  const told = cycle.failure === null && verdict !== null && cycle.waitsFor === null;
  const parts = [
    headline(cycle, paint),
    retries.map((line) => wrap(line, width).join('\n')).join('\n'),
    told
      ? ''
      : cycle.failure === null
        ? wrap(cycle.summary ?? '', width).join('\n')
        : renderFailure(cycle.failure, paint),
    ...reportParts({ verdict, evidence, policy, observations }, paint, width),
    evidence === null ? primaryPart(cycle, paint, width) : '',
    renderWarnings(warnings, paint, width),
    facts(shown, paint),
    judgements.length > 1 ? renderJudgements(judgements, paint, width) : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headline(cycle: Cycle, paint: Paint): string {
  const status = paint(statusFormats[cycle.status], cycle.status);
  const waitsFor = cycle.waitsFor === null ? '' : ` for a ${cycle.waitsFor}`;
  return `${paint('bold', cycle.model)}  asOf ${formatAsOf(cycle.asOf)}  ${status}${waitsFor}`;
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

function facts({ cycle, evidence, windows = null, firstEvent = null }: ShownCycle, paint: Paint): string {
  const { rows, snapshots } = cycle;
  const train = windows?.train ?? evidence?.challenger.trainWindow ?? null;
  const holdout = windows?.holdout ?? evidence?.window ?? null;
  const span = (window: Window | null) =>
    window === null ? '' : ` (${formatAsOf(window.from)} to ${formatAsOf(window.to)})`;
  const late =
    train !== null && firstEvent !== null && beginsBefore(train, firstEvent)
      ? `; the window begins before any data, the first row is of ${firstEvent.slice(0, 10)}`
      : '';
  const ended = cycle.endedAt === null ? 'not ended' : `took ${formatElapsed(cycle.startedAt, cycle.endedAt)}`;
  const judged = rows.judged === null || evidence !== null ? null : `${formatCount(rows.judged)} rows`;
  return renderFields(
    [
      ['challenger', cycle.challenger === null ? null : `version ${cycle.challenger}`],
      ['champion', cycle.champion === null ? null : `version ${cycle.champion}`],
      ['train', rows.train === null ? null : `${formatCount(rows.train)} rows${span(train)}${late}`],
      ['holdout', rows.holdout === null ? null : `${formatCount(rows.holdout)} rows${span(holdout)}`],
      ['judged', judged],
      [
        'snapshots',
        snapshots.train === null ? null : `train   ${snapshots.train}\nholdout ${snapshots.holdout ?? '-'}`,
      ],
      ['evidence', cycle.evidence],
      ['definition', `version ${cycle.definitionVersion}`],
      ['trigger', cycle.trigger],
      ['started', `${formatTime(cycle.startedAt)}, ${ended}${cycle.attempt > 1 ? `, attempt ${cycle.attempt}` : ''}`],
      ['cycle', cycle.id],
    ],
    paint,
  );
}

function renderJudgements(judgements: readonly Judgement[], paint: Paint, width: number): string {
  const titles = ['judgement', 'against', 'verdict', 'summary'].map((title) => ({ title }));
  const room = Math.max(20, width - 35);
  const rows = judgements.flatMap(({ number, champion, verdict }) =>
    wrap(verdict.summary, room).map((line, at) =>
      at > 0
        ? ['', '', '', line]
        : [
            String(number),
            champion === null ? 'trivial' : `v${champion}`,
            paint(verdictFormats[verdict.kind], verdict.kind),
            line,
          ],
    ),
  );
  return renderTable(titles, rows, paint);
}
