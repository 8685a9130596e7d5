import type { Observations } from '../schemas/observations.ts';
import type { ShiftReport } from '../schemas/report.ts';

/** How far each feature of the holdout is from the training rows; null where no feature was looked at. */
export function shiftReport({ columns, domainAuc, sampledRows }: Observations): ShiftReport | null {
  if (columns.length === 0) return null;
  const sorted = columns.toSorted(
    (one, other) => Number(other.alarm) - Number(one.alarm) || (other.auc ?? 0) - (one.auc ?? 0),
  );
  return { columns: sorted, domainAuc, sampledRows };
}
