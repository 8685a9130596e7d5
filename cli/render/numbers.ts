/** A metric: four decimals below ten, fewer above. */
export function formatMetric(value: number | null): string {
  if (value === null) return '-';
  return value.toFixed(decimals(value));
}

/** A difference with its sign; a tiny one keeps two digits instead of becoming zero. */
export function formatDifference(value: number | null): string {
  if (value === null) return '-';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const digits = size < 0.001 ? size.toPrecision(2) : size.toFixed(decimals(value));
  return `${value > 0 ? '+' : '-'}${digits}`;
}

/** `+0.0061 [+0.0040, +0.0083]`, with `[-, -]` left out where the bounds cannot be told. */
export function formatInterval(bounds: { estimate: number | null; low: number | null; high: number | null }): string {
  const { estimate, low, high } = bounds;
  if (estimate === null) return '';
  const estimated = formatDifference(estimate);
  return low === null && high === null
    ? estimated
    : `${estimated} [${formatDifference(low)}, ${formatDifference(high)}]`;
}

/** Thousands apart: `3,000,000`. */
export const formatCount = (count: number | null) => (count === null ? '-' : count.toLocaleString('en-US'));

function decimals(value: number): number {
  const size = Math.abs(value);
  if (size < 10) return 4;
  return size < 1000 ? 2 : 0;
}
