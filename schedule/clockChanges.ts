import { localTime } from './nextCronTime.ts';
import { nominalTimes, type Timing } from './nominalTimes.ts';

/** A day on which clocks that change skip or repeat nominal times. */
export interface ChangedDay {
  /** In the schedule's time zone: `2027-03-28`. */
  readonly date: string;
  /** `skipped`: they do not come. `repeated`: each comes twice. */
  readonly kind: 'skipped' | 'repeated';
  /** The times on the clock, `02:30`, in ascending order. */
  readonly times: readonly string[];
}

/** The days in [from, to), in seconds since 1970, on which a schedule does not come once at each of its times. */
export function changedDays(timing: Timing, from: number, to: number): ChangedDay[] {
  if (!('cron' in timing)) return [];
  const { cron, zone } = timing;
  return zone.changesIn(from, to).flatMap(({ at, before, after }) => {
    const [begin, end] = [at + Math.min(before, after), at + Math.max(before, after)];
    const came = [...nominalTimes(timing, at - (end - begin) - 1, at + (end - begin))].map(
      (time) => time + zone.offsetAt(time),
    );
    const due: number[] = [];
    for (let minute = Math.ceil(begin / 60) * 60; minute < end; minute += 60) {
      const local = localTime(minute);
      const matches =
        cron.minutes.includes(local.minute) &&
        cron.hours.includes(local.hour) &&
        cron.days.includes(local.day) &&
        cron.months.includes(local.month) &&
        cron.weekdays.includes(local.weekday);
      if (matches) due.push(minute);
    }
    const times = (count: (often: number) => boolean) =>
      due.filter((minute) => count(came.filter((time) => time === minute).length));
    return [
      { kind: 'skipped' as const, minutes: times((often) => often === 0) },
      { kind: 'repeated' as const, minutes: times((often) => often > 1) },
    ].flatMap(({ kind, minutes }) => {
      const [first] = minutes;
      if (first === undefined) return [];
      return [{ date: iso(first).slice(0, 10), kind, times: minutes.map((minute) => iso(minute).slice(11, 16)) }];
    });
  });
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
