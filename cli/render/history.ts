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
  const rows = reigns.map(({ epoch, version, kind, overrode, asOf, from, to, beat, by, reason }) => [
    to === null ? paint('green', versionOf(version)) : versionOf(version),
    day(asOf),
    formatTime(from),
    to === null ? paint('green', 'now') : formatTime(to),
    beganBy(kind, { epoch, beat, verdict: overrode?.verdict }),
    said.get(epoch)?.won?.text ?? '',
    said.get(epoch)?.since?.text ?? '',
    by,
    reason,
  ]);
  const changes = changesInBrief({
    rollbacks: reigns.filter(({ kind }) => kind === 'rollback').length,
    overrides: reigns.filter(({ kind }) => kind === 'override').length,
  });
  return [renderTable(titles, rows, paint), ...(changes === '' ? [] : [`${changes}.`])].join('\n\n');
}

/** A version of a backfill has no number: its asOf names it. */
const versionOf = (version: number | null): string => (version === null ? '-' : `v${version}`);

function beganBy(
  kind: string,
  {
    epoch,
    beat,
    verdict,
  }: { readonly epoch: number; readonly beat: number | null; readonly verdict: string | undefined },
): string {
  if (kind === 'override') return verdict === undefined ? kind : `override of ${verdict}`;
  if (kind === 'rollback') return kind;
  if (beat !== null) return `v${beat}`;
  return epoch === 1 ? 'the first' : 'the one before';
}

/** `1 rollback, 2 overrides`; empty where there are none. */
export function changesInBrief({ rollbacks, overrides }: { rollbacks: number; overrides: number }): string {
  const count = (number: number, what: string) => (number === 0 ? [] : [`${number} ${what}${number === 1 ? '' : 's'}`]);
  return [...count(rollbacks, 'rollback'), ...count(overrides, 'override')].join(', ');
}
