import { formatInterval } from '../../gate/numbers.ts';
import type { Reign } from '../../ledger/history.ts';
import { day } from '../../report/day.ts';
import { followUpBrief } from '../../report/followUp.ts';
import { metrics } from '../../schemas/metrics.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';
import { formatTime } from './times.ts';

/** The reigns of one model, the first one first. */
export function renderHistory(reigns: readonly Reign[], paint: Paint = plain): string {
  const titles = ['champion', 'asOf', 'from', 'to', 'beat', 'difference [95 %]', 'since then', 'decided by', 'why'].map(
    (title) => ({
      title,
    }),
  );
  const rows = reigns.map(({ version, kind, asOf, from, to, beat, primary, followUp, by, reason }) => [
    to === null ? paint('green', `v${version}`) : `v${version}`,
    day(asOf),
    formatTime(from),
    to === null ? paint('green', 'now') : formatTime(to),
    kind !== 'promotion' ? kind : beat === null ? 'the first' : `v${beat}`,
    primary === null
      ? ''
      : `${metrics[primary.metric].title} ${formatInterval({ estimate: primary.difference, low: primary.low, high: primary.high })}`,
    followUp === null ? '' : followUpBrief(followUp).text,
    by,
    reason,
  ]);
  return renderTable(titles, rows, paint);
}
