import stringWidth from 'string-width';
import { amount, formatDifference, formatInterval } from '../../gate/numbers.ts';
import type { Interval } from '../../schemas/interval.ts';
import { type Paint, plain } from './style.ts';

/** A value that stands out on the line of differences. */
export interface Mark {
  /** One letter, or 0. */
  readonly sign: string;
  readonly value: number;
  readonly meaning: string;
}

/**
 * The difference that decides, drawn on one line with what it is held against: the interval between the deciding bounds,
 * the 95 % one below it, and below both the marks.
 *
 * ```
 * decides  ───────┊───────├━━━━━━━━━●━━━━━━━━┤──  +0.0160 [+0.0052, +0.0268]  alpha 0.01
 * 95 %     ───────┊─────────├━━━━━━━●━━━━━━┤────  +0.0160 [+0.0074, +0.0246]
 *          M      0            W     D
 * M -0.0100 margin  0 no difference  W +0.0100 worth having  D +0.0140 detectable on these rows
 * ```
 */
export function differencePicture(
  interval: Interval,
  marks: readonly Mark[],
  { paint = plain, width = 100 }: { paint?: Paint; width?: number } = {},
): string {
  const { estimate, low, high, decidingLow, decidingHigh, alpha, level } = interval;
  const bounds = [estimate, low, high, decidingLow, decidingHigh].filter((value) => value !== null);
  const shown: Mark[] = [{ sign: '0', value: 0, meaning: 'no difference' }, ...marks];
  const values = [...bounds, ...shown.map(({ value }) => value)];
  const rows = [
    { name: 'decides', bounds: { estimate, low: decidingLow, high: decidingHigh }, more: `  alpha ${amount(alpha)}` },
    { name: `${amount(level * 100)} %`, bounds: { estimate, low, high }, more: '' },
  ];
  const texts = rows.map((row) => `${formatInterval(row.bounds)}${row.more}`);
  const room = width - 11 - Math.max(...texts.map((text) => text.length));
  const scale = new Scale(Math.min(...values), Math.max(...values), Math.max(21, Math.min(61, room)));
  const format =
    decidingLow !== null && decidingLow > 0 ? 'green' : decidingHigh !== null && decidingHigh < 0 ? 'red' : null;
  const lines = rows.map(({ name, bounds }, at) => {
    const line = scale.line(bounds);
    return `${name.padEnd(9)}${format === null ? line : paint(format, line)}  ${texts[at]}`;
  });
  const legend = shown
    .toSorted((a, b) => a.value - b.value)
    .map(
      ({ sign, value, meaning }) =>
        `${paint('bold', sign)} ${value === 0 ? '' : `${formatDifference(value)} `}${meaning}`,
    );
  return [
    ...lines,
    ...scale.signs(shown).map((line) => `${' '.repeat(9)}${line}`.trimEnd()),
    broken(legend, width),
  ].join('\n');
}

/** From values to places on a line. */
class Scale {
  readonly #low: number;
  readonly #span: number;
  readonly #places: number;

  constructor(low: number, high: number, places: number) {
    // A line needs a length, also where all that is drawn on it lies at zero.
    this.#low = high > low ? low : low - 1;
    this.#span = high > low ? high - low : 2;
    this.#places = places;
  }

  at(value: number): number {
    const place = Math.round(((value - this.#low) / this.#span) * (this.#places - 1));
    return Math.max(0, Math.min(this.#places - 1, place));
  }

  line({ estimate, low, high }: { estimate: number; low: number | null; high: number | null }): string {
    const line = Array.from({ length: this.#places }, () => '─');
    for (let place = this.at(low ?? estimate); place <= this.at(high ?? estimate); place++) line[place] = '━';
    line[this.at(0)] = '┊';
    if (low !== null) line[this.at(low)] = '├';
    if (high !== null) line[this.at(high)] = '┤';
    line[this.at(estimate)] = '●';
    return line.join('');
  }

  /** Marks that fall onto one place stand below each other. */
  signs(marks: readonly Mark[]): string[] {
    const lines: string[][] = [];
    for (const { sign, value } of marks) {
      const place = this.at(value);
      let line = lines.find((each) => each[place] === ' ');
      if (line === undefined) {
        line = Array.from({ length: this.#places }, () => ' ');
        lines.push(line);
      }
      line[place] = sign;
    }
    return lines.map((line) => line.join(''));
  }
}

/** Entries of a legend, as many in a line as fit. */
function broken(entries: readonly string[], width: number): string {
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const longer = last === undefined ? entry : `${last}   ${entry}`;
    if (last === undefined || stringWidth(longer) > width) lines.push(entry);
    else lines[lines.length - 1] = longer;
  }
  return lines.join('\n');
}
