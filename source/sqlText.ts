import { Instant } from '../schemas/primitives.ts';

/** A name as SQL writes it, whatever is in it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL writes it. */
export const textLiteral = (text: string): string =>
  text.includes('\\')
    ? ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;

/** An instant as a `timestamp` in UTC: compares with a column without zone, and does not depend on the session's zone. */
export const timestampLiteral = (instant: string): string => `timestamp '${clockText(instant)}'`;

/** An instant as a `timestamptz`, with its zone written out. */
export const timestamptzLiteral = (instant: string): string => `timestamptz '${clockText(instant)}+00'`;

function clockText(instant: string): string {
  const checked = Instant.parse(instant);
  return checked.replace('T', ' ').replace('Z', '');
}
