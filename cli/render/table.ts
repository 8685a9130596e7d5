import stringWidth from 'string-width';
import { type Paint, plain } from './style.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * Lines of a table: titles, then rows, columns two blanks apart. Columns without any text are left out, which cli-table3
 * and its like cannot do; with it their options take as many lines as this.
 */
export function renderTable(columns: readonly TableColumn[], rows: readonly string[][], paint: Paint = plain): string {
  const shown = columns.flatMap((column, at) =>
    rows.some((row) => (row[at] ?? '') !== '') ? [{ ...column, at }] : [],
  );
  const widths = shown.map(({ title, at }) => Math.max(title.length, ...rows.map((row) => stringWidth(row[at] ?? ''))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => pad(cell, widths[at] ?? 0, shown[at]?.align ?? 'left'))
      .join('  ')
      .trimEnd();
  const head = paint('bold', line(shown.map(({ title }) => title)));
  return [head, ...rows.map((row) => line(shown.map(({ at }) => row[at] ?? '')))].join('\n');
}

/** Two columns without titles: a name and what it is. Pairs without value are left out. */
export function renderFields(fields: readonly (readonly [string, string | null])[], paint: Paint = plain): string {
  const shown = fields.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value] as const]));
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown
    .map(
      ([name, value]) => `${paint('dim', name.padEnd(width))}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
    )
    .join('\n');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
}
