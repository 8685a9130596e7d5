import type { Reign } from '../../ledger/history.ts';
import { metrics } from '../../schemas/metrics.ts';
import { formatDifference, formatInterval } from './numbers.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';
import { formatAsOf, formatTime } from './times.ts';

/** The reigns of one model, the first one first. */
export function renderHistory(reigns: readonly Reign[], paint: Paint = plain): string {
  const titles = ['champion', 'asOf', 'from', 'to', 'beat', 'difference [95 %]', 'since then', 'decided by', 'why'].map(
    (title) => ({
      title,
    }),
  );
  const rows = reigns.map(({ version, kind, asOf, from, to, beat, primary, followUp, by, reason }) => [
    to === null ? paint('green', `v${version}`) : `v${version}`,
    formatAsOf(asOf),
    formatTime(from),
    to === null ? paint('green', 'now') : formatTime(to),
    kind === 'rollback' ? 'rollback' : beat === null ? 'the first' : `v${beat}`,
    primary === null
      ? ''
      : `${metrics[primary.metric].title} ${formatInterval({ estimate: primary.difference, low: primary.low, high: primary.high })}`,
    followUp === null ? '' : renderFollowUp(followUp),
    by,
    reason,
  ]);
  return renderTable(titles, rows, paint);
}

/** `promoted at +0.0200, next period +0.0040`: what was promised, and what came of it. */
function renderFollowUp({ promised, found, complete }: NonNullable<Reign['followUp']>): string {
  const came = found === null ? 'not measured' : formatDifference(found.estimate);
  return `promoted at ${formatDifference(promised.estimate)}, next period ${came}${complete ? '' : ' so far'}`;
}
