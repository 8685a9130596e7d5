import { countOrDash, formatDifference, formatInterval } from '../../gate/numbers.ts';
import { type Metric, metricEntry } from '../../schemas/metrics.ts';
import type { SliceRow } from '../../schemas/report.ts';
import { checkFormats, marks } from './checks.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** More lines than this say less: those that hold are counted then. */
const most = 30;

/** Slices as they were declared, then those that a search found, each with whether its accepted loss is kept. */
export function renderSlices(
  all: readonly SliceRow[],
  primary: Metric | undefined,
  paint: Paint = plain,
  width = 100,
): string {
  if (all.length === 0) return '';
  const shown = all.length <= most ? all : all.filter(({ status }) => status !== 'passed').slice(0, most);
  const others = all.some(({ metric }) => metric !== primary);
  const rows = shown.flatMap((part) => row(part, { others, paint, room: Math.max(20, width - (others ? 72 : 62)) }));
  const titles = [
    { title: '' },
    { title: 'slice' },
    { title: 'rows', align: 'right' as const },
    { title: others ? 'metric' : '' },
    { title: 'difference [95 %]' },
    { title: 'margin', align: 'right' as const },
    { title: '' },
  ];
  const rest = all.length - shown.length;
  const table = shown.length === 0 ? paint('bold', 'slices') : renderTable(titles, rows, paint);
  return rest === 0 ? table : `${table}\n${paint('dim', `and ${countOrDash(rest)} more slices (--json has all)`)}`;
}

interface RowLook {
  readonly others: boolean;
  readonly paint: Paint;
  /** Places for the slice's name. */
  readonly room: number;
}

function row(part: SliceRow, { others, paint, room }: RowLook): string[][] {
  const { status } = part;
  const notes = [...(part.found ? ['found'] : []), ...(part.protected ? ['protected'] : [])];
  const [name = '', ...more] = nameLines(part, room);
  const first = [
    paint(checkFormats[status], marks[status]),
    name,
    countOrDash(part.rows),
    others ? metricEntry(part.metric).title : '',
    part.difference === null ? (part.unmeasured ?? 'nothing measured') : formatInterval(part.difference),
    formatDifference(-part.margin),
    notes.join(', '),
  ];
  return [first, ...more.map((line) => ['', line])];
}

/** `region = north`, on as many lines as it takes. */
function nameLines({ where }: SliceRow, room: number): string[] {
  const whole = where.map(({ column, value }) => `${column} = ${short(value ?? '(none)', 2 * room)}`).join(', ');
  return wrap(whole, room, { hard: true });
}

const short = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
