import { parseCron } from '../schedule/cron.ts';
import { fixedLength } from '../schedule/fixedLength.ts';
import { isZone } from '../schedule/zone.ts';
import type { Contradiction } from './gateContradictions.ts';
import type { Schedule } from './schedule.ts';

/** What a schedule says that has no nominal times, or that two readers would read differently. */
export function* scheduleContradictions(schedule: Schedule): Generator<Contradiction> {
  const { cron, interval, phase, timeZone, jitter } = schedule;
  const problem = (key: keyof Schedule, found: unknown, message: string): Contradiction => ({
    path: ['schedule', key],
    found,
    message,
  });
  if ((cron === undefined) === (interval === undefined))
    yield { path: ['schedule'], found: schedule, message: 'either cron or interval' };
  if (cron !== undefined) {
    const parsed = parseCron(cron);
    if ('expected' in parsed) yield problem('cron', cron, parsed.expected);
    if (phase !== undefined) yield problem('phase', phase, 'nothing, since only an interval has a phase');
  }
  if (!isZone(timeZone))
    yield problem(
      'timeZone',
      timeZone,
      'an IANA time zone such as Europe/Berlin, spelt as the time zone database spells it',
    );
  const wait = jitter === undefined ? 0 : fixedLength(jitter);
  if (wait === null) yield problem('jitter', jitter, fixed);
  if (interval === undefined) return;
  const length = fixedLength(interval);
  if (length === null || length < 1) {
    yield problem('interval', interval, `${fixed}, of at least a second`);
    return;
  }
  if (timeZone !== 'UTC')
    yield problem('timeZone', timeZone, 'UTC or nothing, since an interval is the same length in every time zone');
  const begin = phase === undefined ? 0 : fixedLength(phase);
  if (begin === null || begin >= length) yield problem('phase', phase, `${fixed}, shorter than the interval`);
  if (wait !== null && wait >= length) yield problem('jitter', jitter, 'a duration shorter than the interval');
}

const fixed = 'an ISO 8601 duration of fixed length such as P7D or PT6H (no months or years)';
