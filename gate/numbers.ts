/** A difference as people read it: always with its sign, to the fourth decimal. */
export function signed(value: number): string {
  const text = Math.abs(value) >= 0.00005 || value === 0 ? value.toFixed(4) : value.toExponential(1);
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

/** A size without a sign: at most four significant digits, without trailing zeros. */
export const amount = (value: number): string => String(Number(value.toPrecision(4))).replace('-', '−');

/** A number of things: `1,000`. */
export const count = (value: number): string => value.toLocaleString('en').replace('-', '−');

/** A share as a percentage: `1.25 %`. */
export const percent = (share: number): string => `${amount(share * 100)} %`;

/** `1 row`, `7 rows`. */
export const counted = (value: number, thing: string): string => `${count(value)} ${thing}${value === 1 ? '' : 's'}`;

/** The first few of many: `a, b, c and 4 more`. */
export function several(items: readonly string[], most = 3): string {
  const shown = items.slice(0, most).join(', ');
  return items.length <= most ? shown : `${shown} and ${items.length - most} more`;
}

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

/** `+0.0061 [+0.0040, +0.0083]`, all with the same decimals; without the brackets if there are no bounds. */
export function formatInterval(bounds: { estimate: number | null; low: number | null; high: number | null }): string {
  const { estimate, low, high } = bounds;
  if (estimate === null) return '';
  const digits = sharedDecimals([estimate, low ?? 0, high ?? 0]);
  const format = (value: number | null) => {
    if (value === null || value === 0) return formatDifference(value);
    return `${value > 0 ? '+' : '-'}${Math.abs(value).toFixed(digits)}`;
  };
  return low === null && high === null ? format(estimate) : `${format(estimate)} [${format(low)}, ${format(high)}]`;
}

/** As many decimals as the largest needs, and up to two more if a smaller one would look like zero. */
function sharedDecimals(values: readonly number[]): number {
  const sizes = values.filter((value) => value !== 0).map(Math.abs);
  if (sizes.length === 0) return 4;
  const largest = Math.max(...sizes);
  const leading = (size: number) => -Math.floor(Math.log10(size));
  const needed = largest < 0.001 ? Math.min(20, leading(largest) + 1) : decimals(largest);
  return Math.min(needed + 2, Math.max(needed, ...sizes.map(leading)));
}

function decimals(value: number): number {
  const size = Math.abs(value);
  if (size < 10) return 4;
  return size < 1000 ? 2 : 0;
}

/** A number of things, or a dash if it is not known. */
export const countOrDash = (value: number | null): string => (value === null ? '-' : count(value));
