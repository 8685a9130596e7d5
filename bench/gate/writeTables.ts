import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '..', '..', 'docs', 'gate.md');

/** Puts tables between two markers of docs/gate.md, in place of what was there. */
export function writeTables(marker: 'measured' | 'flights', tables: string): void {
  const begin = `<!-- ${marker}: begin -->`;
  const end = `<!-- ${marker}: end -->`;
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/gate.md has no ${begin} ... ${end} to write between`);
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${tables.trim()}\n\n${text.slice(to)}`);
}

/** A table in Markdown; columns are padded as formatters do it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(3, title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
