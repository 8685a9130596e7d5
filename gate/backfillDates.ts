import { nominalTimes, type Timing } from '../schedule/nominalTimes.ts';
import type { BackfillDate } from '../schemas/backfill.ts';
import { after, instantOf } from '../schemas/durations.ts';

/** How many prepared dates may wait for their turn, for each that is prepared at once. */
const waitingPerSlot = 2;

/**
 * The dates to begin now, the earliest first: up to `parallel` are prepared at once, and so that not all of the past is
 * fitted before anything is judged, no more than twice as many are prepared ahead.
 *
 * @param unseen numbers of dates that were begun, and still look due
 */
export function datesToBegin(
  dates: readonly BackfillDate[],
  unseen: readonly number[],
  parallel: number,
): BackfillDate[] {
  const waiting = dates.filter(({ state }) => state === 'waiting');
  const preparing = dates.filter(({ state }) => state === 'preparing').length + unseen.length;
  const room = waitingPerSlot * parallel - waiting.length - preparing;
  // Whom the others wait for is never kept from beginning by them.
  const [first] = waiting;
  const due = dates.filter(({ state, number }) => state === 'due' && !unseen.includes(number));
  return due
    .filter(({ number }, at) => at < room || (first !== undefined && number < first.number))
    .slice(0, Math.max(0, parallel - preparing));
}

/**
 * The dates of a backfill, the earliest first.
 *
 * @param by the distance between them, ISO 8601, in the calendar of the zone; or the times of a schedule
 * @param most one more than this is enough to know that there are too many
 */
export function backfillDates(
  { from, to }: { readonly from: string; readonly to: string },
  by: { readonly every: string; readonly timeZone: string } | { readonly timing: Timing },
  most: number,
): string[] {
  const dates: string[] = [];
  if ('timing' in by) {
    const seconds = (instant: string) => Date.parse(instant) / 1000;
    for (const time of nominalTimes(by.timing, seconds(from) - 1, seconds(to))) {
      dates.push(instantOf(time * 1000));
      if (dates.length > most) break;
    }
    return dates;
  }
  for (let date = from; date <= to && dates.length <= most; date = after(date, by.every, by.timeZone)) dates.push(date);
  return dates;
}

/** `20 dates: 8 promoted, 11 kept, 1 failed`. */
export function summaryOfDates(dates: readonly BackfillDate[]): string {
  const counts = new Map<string, number>();
  for (const { state, status } of dates) {
    const became = state === 'due' ? 'not begun' : state === 'failed' ? (status ?? 'failed') : (status ?? state);
    counts.set(became, (counts.get(became) ?? 0) + 1);
  }
  const parts = [...counts].map(([became, count]) => `${count} ${became}`);
  return `${dates.length} ${dates.length === 1 ? 'date' : 'dates'}: ${parts.join(', ')}.`;
}
