import type { Evidence } from '../../schemas/evidence.ts';
import type { Check } from '../../schemas/verdict.ts';
import { count, counted, percent } from '../numbers.ts';

/** Where the error rates of docs/gate.md were measured. */
export const domain = { rowsOfClass: 100, clusters: 14, largestShare: 0.2 } as const;

/** Whether the evidence lies where error rates were measured. Decides nothing: outside, the promise is only likely. */
export function withinDomain({ rows, clusters }: Evidence): Check {
  const outside = [
    Math.min(...(rows.byClass ?? [rows.judged])) < domain.rowsOfClass &&
      `fewer than ${domain.rowsOfClass} rows of a class`,
    clusters.count < domain.clusters && counted(clusters.count, 'cluster'),
    clusters.largestShare > domain.largestShare && `${percent(clusters.largestShare)} of the rows in one cluster`,
  ].filter((each) => each !== false);
  const scope = `${counted(rows.judged, 'row')} in ${counted(clusters.count, 'cluster')}`;
  return {
    name: 'domain',
    status: 'noted',
    measured:
      outside.length === 0
        ? `${scope}: where error rates were measured`
        : `${outside.join(', ')}: the error rates in docs/gate.md were not measured there`,
    required: `${count(domain.rowsOfClass)} rows of each class, ${domain.clusters} clusters, none above ${percent(domain.largestShare)} of the rows`,
    why: 'The promised error rate was checked by simulation on data of this kind.',
  };
}
