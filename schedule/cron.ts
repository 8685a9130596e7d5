/** What the five fields of a cron allow: each the values it lists, in ascending order. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  /** 1 is January. */
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What stands for the numbers from `least` on. */
  readonly words: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const fields = [
  { name: 'minutes', least: 0, most: 59, words: [] },
  { name: 'hours', least: 0, most: 23, words: [] },
  { name: 'days of the month', least: 1, most: 31, words: [] },
  { name: 'months', least: 1, most: 12, words: months },
  { name: 'days of the week', least: 0, most: 6, words: weekdays },
] as const satisfies readonly Field[];

/**
 * Reads a cron where everybody who reads crons reads it the same way: Temporal, vixie cron, and the libraries that people
 * check theirs with.
 *
 * @returns the cron, or what is expected instead where one of them would read something else
 */
export function parseCron(text: string): Cron | { readonly expected: string } {
  const strange = strangers.find(({ sign }) => sign.test(text));
  if (strange !== undefined) return { expected: strange.expected };
  const parts = split(text);
  if (parts.length !== fields.length) return { expected: 'five cron fields, such as 0 6 * * MON' };
  const [, , day = '', , weekday = ''] = parts;
  const read = fields.map((field, at) => valuesOf(field, parts[at] ?? ''));
  const wrong = read.find((values) => 'expected' in values);
  if (wrong !== undefined && 'expected' in wrong) return wrong;
  if (day !== '*' && weekday !== '*') {
    return {
      expected:
        'a day of the month or a day of the week, and * for the other: some readers run it where both match (Temporal), others where one of them does',
    };
  }
  const cron = fromValues(read.map((values) => ('expected' in values ? [] : values)));
  return everComes(cron) ? cron : { expected: 'a day that one of its months has: this cron never comes' };
}

/**
 * Reads a cron that an earlier release accepted. A field that readers differ about counts as `*`: the cron comes at least
 * as often as any of them would have it.
 */
export function readStoredCron(text: string): Cron {
  const parsed = parseCron(text);
  if (!('expected' in parsed)) return parsed;
  const parts = split(text);
  const [, , day = '*', , weekday = '*'] = parts;
  const either = day !== '*' && weekday !== '*';
  return fromValues(
    fields.map((field, at) => {
      const values = valuesOf(field, parts[at] ?? '*');
      return 'expected' in values || (either && (at === 2 || at === 4)) ? everyValue(field) : values;
    }),
  );
}

const split = (text: string): string[] => text.trim().split(/[ \t]+/);

/** Signs that have a meaning to some readers only. */
const strangers = [
  {
    sign: /#/,
    expected:
      'a cron without #: Temporal takes it for the start of a comment, so that MON#1 would come every Monday, and others for the first Monday of the month',
  },
  { sign: /\?/, expected: '* instead of ?, which Temporal does not read' },
  { sign: /\+/, expected: 'a cron without +, which few readers know' },
  { sign: /@/, expected: 'five cron fields instead of a name, such as 0 0 * * SUN for @weekly' },
  { sign: /=/, expected: 'a cron without a time zone: schedule.timeZone names it' },
  {
    sign: /(^|[\s,\d-])[LW](?![A-Z])/i,
    expected:
      'a cron without L and W, which Temporal does not read. For the last day of a month: 0 6 1 * *, the day after it',
  },
];

/** `*`, `5`, `MON`, `1-5`, with or without a step (`*\/2`, `1-5/2`), or a list of those. */
function valuesOf(field: Field, text: string): readonly number[] | { readonly expected: string } {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const values = valuesOfPart(field, part);
    if ('expected' in values) return values;
    for (const value of values) found.add(value);
  }
  return [...found].toSorted((a, b) => a - b);
}

function valuesOfPart(field: Field, part: string): readonly number[] | { readonly expected: string } {
  const { name, least, most, words } = field;
  const match = /^(?:(?<all>\*)|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d{1,3}))?$/.exec(part)?.groups;
  const named = words.length > 0 ? ` or ${words[0]} to ${words.at(-1)}` : '';
  const range = { expected: `${name} from ${least} to ${most}${named}: one, a range, a list, or *` };
  if (match === undefined) return range;
  if (field.least === 0 && field.most === 6 && (match.from === '7' || match.to === '7'))
    return { expected: '0 or SUN for Sunday instead of 7: Temporal leaves Sunday out of 1-7' };
  const from = match.all === undefined ? numberOf(field, match.from ?? '') : least;
  const to = match.all === undefined ? numberOf(field, match.to ?? match.from ?? '') : most;
  if (from === undefined || to === undefined) return range;
  if (to < from) return { expected: `a range of ${name} that begins before it ends, or a list such as FRI,SAT,SUN` };
  const step = match.step === undefined ? 1 : Number(match.step);
  if (match.step !== undefined && match.all === undefined && match.to === undefined)
    return {
      expected: `a range before the step, such as ${match.from}-${most}/${match.step}: not every reader continues from a single value`,
    };
  if (step < 1 || step > most - least) return { expected: `a step of ${name} from 1 to ${most - least}` };
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step);
}

function numberOf({ least, most, words }: Field, text: string): number | undefined {
  const word = words.indexOf(text.toUpperCase());
  if (word >= 0) return least + word;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

const everyValue = ({ least, most }: Field): readonly number[] =>
  Array.from({ length: most - least + 1 }, (_, at) => least + at);

function fromValues(values: readonly (readonly number[])[]): Cron {
  const [minutes = [], hours = [], days = [], inMonths = [], onWeekdays = []] = values;
  return { minutes, hours, days, months: inMonths, weekdays: onWeekdays };
}

const longestDay = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a month of the cron has one of its days, in a leap year at least. */
const everComes = ({ days, months: inMonths }: Cron): boolean =>
  inMonths.some((month) => (days[0] ?? 32) <= (longestDay[month - 1] ?? 0));
