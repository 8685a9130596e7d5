import type { Source } from '../schemas/definition.ts';
import type { Window } from '../schemas/primitives.ts';

const day = 86_400_000;

/**
 * How many clusters a holdout will have without the rows that chose the champion. If clusters are days, these are its UTC
 * days. Otherwise it is the average of past cycles, in proportion to the days that are left.
 *
 * @param chose the holdout that chose the champion; null where none did
 * @param past earlier cycles, newest first
 */
export function plannedClusters(
  cluster: Source['cluster'],
  holdout: Window,
  chose: Window | null,
  past: readonly { readonly clusters: number }[],
): number {
  if (cluster === 'day') return judgedDays(holdout, chose);
  const counts = past.map(({ clusters }) => clusters);
  const whole = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  return Math.max(2, Math.round((whole * judgedDays(holdout, chose)) / judgedDays(holdout, null)));
}

function judgedDays(holdout: Window, chose: Window | null): number {
  const from = Math.max(
    Date.parse(holdout.from),
    chose === null ? 0 : Math.min(Date.parse(chose.to), Date.parse(holdout.to)),
  );
  return Math.max(1, Math.ceil((Date.parse(holdout.to) - from) / day));
}
