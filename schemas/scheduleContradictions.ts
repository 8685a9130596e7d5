import { parseCron } from '../schedule/cron.ts';
import { isZone } from '../schedule/zone.ts';
import type { Contradiction } from './gateContradictions.ts';
import type { Schedule } from './schedule.ts';

/** What a schedule says that has no nominal times, or that two readers would read differently. */
export function* scheduleContradictions({ cron, timeZone }: Schedule): Generator<Contradiction> {
  const parsed = parseCron(cron);
  if ('expected' in parsed) yield { path: ['schedule', 'cron'], found: cron, message: parsed.expected };
  if (!isZone(timeZone))
    yield {
      path: ['schedule', 'timeZone'],
      found: timeZone,
      message: 'an IANA time zone such as Europe/Berlin, spelt as the time zone database spells it',
    };
}
