import type { historyOperation } from '../../operations/history.ts';
import type { AnswerOf } from '../../operations/operation.ts';
import { day } from '../../report/day.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';
import { formatTime } from './times.ts';

/** The reigns of one model, the first one first. */
export function renderHistory(
  { reigns, report }: Pick<AnswerOf<typeof historyOperation>, 'reigns' | 'report'>,
  paint: Paint = plain,
): string {
  const titles = ['champion', 'asOf', 'from', 'to', 'beat', 'difference [95 %]', 'since then', 'decided by', 'why'].map(
    (title) => ({
      title,
    }),
  );
  const said = new Map(report.map((one) => [one.epoch, one]));
  const rows = reigns.map(({ epoch, version, kind, asOf, from, to, beat, by, reason }) => [
    to === null ? paint('green', `v${version}`) : `v${version}`,
    day(asOf),
    formatTime(from),
    to === null ? paint('green', 'now') : formatTime(to),
    kind !== 'promotion' ? kind : beat === null ? 'the first' : `v${beat}`,
    said.get(epoch)?.won?.text ?? '',
    said.get(epoch)?.since?.text ?? '',
    by,
    reason,
  ]);
  return renderTable(titles, rows, paint);
}
