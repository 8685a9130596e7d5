/** A difference with its bounds. */
export interface Bounds {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * An interval drawn on a line with zero in the middle: left of it the challenger is worse, right of it better.
 * `─────────┊──├──●──┤──`. The line reaches as far as the interval's farther end, or as `reach`.
 */
export function intervalLine(bounds: Bounds, { width = 31, reach }: { width?: number; reach?: number } = {}): string {
  const { estimate } = bounds;
  const low = bounds.low ?? estimate;
  const high = bounds.high ?? estimate;
  const half = Math.floor(width / 2);
  const farthest = reach ?? Math.max(Math.abs(low), Math.abs(high), Math.abs(estimate));
  const at = (value: number) => {
    const place = farthest > 0 ? Math.round((value / farthest) * half) : 0;
    return half + Math.max(-half, Math.min(half, place));
  };
  const line = Array.from({ length: 2 * half + 1 }, () => '─');
  for (let place = at(low); place <= at(high); place++) line[place] = '━';
  line[half] = '┊';
  if (bounds.low !== null) line[at(low)] = '├';
  if (bounds.high !== null) line[at(high)] = '┤';
  line[at(estimate)] = '●';
  return line.join('');
}
