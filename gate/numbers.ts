/** A difference as people read it: always with its sign, to the fourth decimal. */
export function signed(value: number): string {
  const text = Math.abs(value) >= 0.00005 || value === 0 ? value.toFixed(4) : value.toExponential(1);
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

/** A size without the sign of a difference: at most four significant digits, none of them padding. */
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
