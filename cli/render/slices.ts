import type { Evidence, SliceEvidence } from '../../schemas/evidence.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { CheckStatus } from '../../schemas/verdict.ts';
import { checkFormats, marks } from './checks.ts';
import { formatCount, formatDifference, formatInterval } from './numbers.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** More lines than this say less: those that hold are counted then. */
const most = 30;

/** Slices as they were declared, then those that a search found, each with whether its accepted loss is kept. */
export function renderSlices({ slices, foundSlices, primary }: Evidence, paint: Paint = plain, width = 100): string {
  const all = [
    ...slices.map((part) => ({ part, found: false })),
    ...foundSlices.map((part) => ({ part, found: true })),
  ];
  if (all.length === 0) return '';
  const shown = all.length <= most ? all : all.filter(({ part }) => statusOf(part) !== 'passed').slice(0, most);
  const others = all.some(({ part }) => part.metric !== primary);
  const rows = shown.flatMap(({ part, found }) =>
    row(part, { found, others, paint, room: Math.max(20, width - (others ? 72 : 62)) }),
  );
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
  return rest === 0 ? table : `${table}\n${paint('dim', `and ${formatCount(rest)} more slices (--json has all)`)}`;
}

interface Look {
  readonly found: boolean;
  readonly others: boolean;
  readonly paint: Paint;
  /** Places for the slice's name. */
  readonly room: number;
}

function row(part: SliceEvidence, { found, others, paint, room }: Look): string[][] {
  const status = statusOf(part);
  const notes = [...(found ? ['found'] : []), ...(part.protected ? ['protected'] : [])];
  const [name = '', ...more] = nameLines(part, room);
  const first = [
    paint(checkFormats[status], marks[status]),
    name,
    formatCount(part.rows),
    others ? metricEntry(part.metric).title : '',
    part.difference === null ? (part.unmeasured ?? 'nothing measured') : formatInterval(part.difference),
    formatDifference(-part.margin),
    notes.join(', '),
  ];
  return [first, ...more.map((line) => ['', line])];
}

/** Lost beyond the margin (a declared one after Holm's correction), kept within it, or neither shown. */
function statusOf({ difference, holmHigh, margin }: SliceEvidence): CheckStatus {
  const high = holmHigh ?? difference?.decidingHigh ?? null;
  if (high !== null && high < -margin) return 'failed';
  const low = difference?.decidingLow ?? null;
  return low !== null && low > -margin ? 'passed' : 'unknown';
}

/** `region = north`, on as many lines as it takes. */
function nameLines({ where }: SliceEvidence, room: number): string[] {
  const whole = where.map(({ column, value }) => `${column} = ${short(value ?? '(none)', 2 * room)}`).join(', ');
  return wrap(whole, room).map((line) => short(line, room));
}

const short = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
