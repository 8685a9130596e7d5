import type { Evidence, SliceEvidence } from '../schemas/evidence.ts';
import type { SliceRow } from '../schemas/report.ts';

/** Slices as they were declared, then those that a search found, each with whether its accepted loss is kept. */
export const sliceRows = ({ slices, foundSlices }: Evidence): SliceRow[] => [
  ...slices.map((part) => ({ ...part, found: false, status: statusOf(part) })),
  ...foundSlices.map((part) => ({ ...part, found: true, status: statusOf(part) })),
];

/** Lost beyond the margin (a declared one after Holm's correction), kept within it, or neither shown. */
function statusOf({ difference, holmHigh, margin }: SliceEvidence): SliceRow['status'] {
  const high = holmHigh ?? difference?.decidingHigh ?? null;
  if (high !== null && high < -margin) return 'failed';
  const low = difference?.decidingLow ?? null;
  return low !== null && low > -margin ? 'passed' : 'unknown';
}
