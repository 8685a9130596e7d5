const heights = '▁▂▃▄▅▆▇█';

/** One column a value, scaled between the smallest and the largest; a blank dot where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const { low, high } = range(values);
  return values.map((value) => (value === null ? '·' : (heights[level(value, low, high, 8)] ?? '·'))).join('');
}

/** A horizontal bar from the smallest (one block) to the largest value (all of `width`). */
export function horizontalBar(value: number | null, values: readonly (number | null)[], width = 10): string {
  if (value === null) return '';
  const { low, high } = range(values);
  return '█'.repeat(1 + level(value, low, high, width));
}

function range(values: readonly (number | null)[]): { low: number; high: number } {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  return { low: Math.min(...known), high: Math.max(...known) };
}

/** 0 to levels - 1; in the middle where all values are equal. */
function level(value: number, low: number, high: number, levels: number): number {
  if (!(high > low)) return Math.floor(levels / 2);
  const share = (value - low) / (high - low);
  return Math.max(0, Math.min(levels - 1, Math.floor(share * levels)));
}
