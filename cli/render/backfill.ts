import type { BackfillShown } from '../../operations/backfill/shown.ts';
import { day } from '../../report/day.ts';
import type { Backfill, BackfillDate, BackfillStatus } from '../../schemas/backfill.ts';
import { type Paint, plain, statusFormats, verdictFormats } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { formatTime } from './times.ts';

/** What a dry run answers. */
export function renderPlan(shown: BackfillShown, paint: Paint = plain): string {
  const { id, model, definitionVersion, origin, plan } = shown;
  const { prepareSeconds, judgeSeconds, totalSeconds, cycles } = plan.cost;
  const cost =
    totalSeconds === null || prepareSeconds === null || judgeSeconds === null
      ? 'unknown: no cycle of the model has come to a verdict yet'
      : `about ${inWords(totalSeconds)}: ${inWords(prepareSeconds)} a date to prepare, ${inWords(judgeSeconds)} to judge (from ${cycles} earlier cycles)`;
  const heading = renderFields(
    [
      ['plan', id],
      ['definition', `version ${definitionVersion}`],
      ['dates', `${plan.dates.length}, from ${day(plan.from)} to ${day(plan.to)}, ${distance(plan.every)}`],
      ['starts from', origin ?? 'nobody'],
      ['parallel', String(plan.parallel)],
      ['cost', cost],
    ],
    paint,
  );
  const titles = [
    { title: 'asOf' },
    { title: 'train' },
    { title: 'holdout' },
    { title: 'train rows', align: 'right' as const },
    { title: 'holdout rows', align: 'right' as const },
  ];
  const rows = plan.dates.map(({ asOf, train, holdout, rows: read }) => [
    day(asOf),
    `${day(train.from)} to ${day(train.to)}`,
    `${day(holdout.from)} to ${day(holdout.to)}`,
    read.train?.toLocaleString('en-US') ?? 'unknown',
    read.holdout?.toLocaleString('en-US') ?? 'unknown',
  ]);
  const next = `Nothing has begun. To run it: reign backfill ${model} --plan ${id} --reason TEXT`;
  return [heading, renderTable(titles, rows, paint), next].join('\n\n');
}

/** A backfill that was started: each date with what became of it. */
export function renderBackfill(shown: BackfillShown, paint: Paint = plain): string {
  const { id, definitionVersion, origin, by, reason, status, summary, dates, counts, remainingSeconds } = shown;
  const over = counts.ended + counts.failed;
  const heading = renderFields(
    [
      ['backfill', id],
      ['status', paint(formats[status], status) + (summary === null ? '' : `: ${summary}`)],
      ['definition', `version ${definitionVersion}`],
      ['starts from', origin ?? 'nobody'],
      ['asked by', `${by ?? ''}: ${reason ?? ''}`],
      ['dates', `${over} of ${dates.length} have ended${counts.failed === 0 ? '' : `, ${counts.failed} failed`}`],
      ['remaining', shown.endedAt !== null ? null : remainingSeconds === null ? 'unknown' : inWords(remainingSeconds)],
    ],
    paint,
  );
  const titles = ['asOf', 'status', 'verdict', 'champion after it', 'why'].map((title) => ({ title }));
  return [
    heading,
    renderTable(
      titles,
      dates.map((date) => rowOf(date, paint)),
      paint,
    ),
    nextStep(shown),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function renderBackfills(backfills: readonly Backfill[], paint: Paint = plain): string {
  if (backfills.length === 0) return 'There is no backfill yet.';
  const titles = ['backfill', 'status', 'from', 'to', 'dates', 'started', 'by', 'summary'].map((title) => ({ title }));
  const rows = backfills.map(({ id, status, from, to, every, startedAt, by, summary }) => [
    ...[id, paint(formats[status], status), day(from), day(to), distance(every)],
    ...[startedAt === null ? '' : formatTime(startedAt), by ?? '', summary ?? ''],
  ]);
  return renderTable(titles, rows, paint);
}

const formats: Readonly<Record<BackfillStatus, Parameters<Paint>[0]>> = {
  planned: 'dim',
  running: 'cyan',
  paused: 'yellow',
  cancelled: 'yellow',
  failed: 'red',
  done: 'green',
};

const distance = (every: string | null): string => (every === null ? 'by the schedule' : `every ${every}`);

function rowOf({ asOf, state, status, verdict, champion, summary }: BackfillDate, paint: Paint): string[] {
  const stands =
    status === null || state === 'preparing' || state === 'waiting' || state === 'judging' || state === 'due'
      ? state
      : paint(statusFormats[status], status);
  const isOver = state === 'ended' || state === 'failed';
  return [
    day(asOf),
    stands,
    verdict === null || !isOver ? '' : paint(verdictFormats[verdict], verdict),
    champion === null ? '' : day(champion),
    summary ?? '',
  ];
}

function nextStep({ id, endedAt, status, counts }: BackfillShown): string {
  if (endedAt === null && status === 'paused') return `To go on: reign backfill resume ${id} --reason TEXT`;
  if (endedAt === null) return `To follow it: reign backfill show ${id}`;
  return counts.failed + counts.due > 0 ? `To run what is left: reign backfill retry ${id} --reason TEXT` : '';
}

/** `2 h 5 min`, from seconds. */
function inWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
