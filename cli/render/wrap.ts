import wrapAnsi from 'wrap-ansi';

/** Breaks a text into lines of at most `width` places at its blanks; a longer word keeps a line to itself, or is cut if `hard`. */
export const wrap = (text: string, width: number, options: { hard?: boolean } = {}): string[] =>
  wrapAnsi(text, width, options).split('\n');

/** The same as one text, whose lines after the first stand `indent` blanks to the right. */
export function hang(text: string, width: number, indent: number): string {
  return wrap(text, Math.max(20, width - indent)).join(`\n${' '.repeat(indent)}`);
}
