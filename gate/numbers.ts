/** A difference as people read it: always with its sign, four significant places of a thousandth. */
export function signed(value: number): string {
  const text = Math.abs(value) >= 0.00005 || value === 0 ? value.toFixed(4) : value.toExponential(1);
  return value > 0 ? `+${text}` : text.replace('-', '−');
}
