import { Temporal } from '@js-temporal/polyfill';

/** Whether the text is an ISO 8601 duration that Reign can subtract: not negative, and whole. */
export function isDuration(text: string): boolean {
  try {
    return Temporal.Duration.from(text).sign >= 0 && !/[.,]/.test(text);
  } catch {
    return false;
  }
}

/**
 * The instant `durations` before `instant`, each subtracted in turn. Months and days are those of the zone's calendar: a
 * day on which the clocks change has 23 or 25 hours.
 */
export function before(instant: string, durations: readonly string[], timeZone = 'UTC'): string {
  let time = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
  for (const duration of durations) time = time.subtract(duration);
  return formatInstant(time.toInstant());
}

/** Whether a duration lies between two others, or equals one of them; a month counts as its shortest, 28 days. */
export function isBetween(duration: string, [shortest, longest]: readonly [string, string]): boolean {
  const from = Temporal.PlainDateTime.from('2001-02-01');
  try {
    const to = from.add(duration);
    return (
      Temporal.PlainDateTime.compare(from.add(shortest), to) <= 0 &&
      Temporal.PlainDateTime.compare(to, from.add(longest)) <= 0
    );
  } catch (error) {
    // Longer than all of time.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The instant `duration` after `instant`, in the zone's calendar. */
export function after(instant: string, duration: string, timeZone = 'UTC'): string {
  return formatInstant(Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).add(duration).toInstant());
}

/** Whole seconds, `2001-02-12T00:00:00Z`: the one way an instant is written. */
export function formatInstant(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'second' });
}

/**
 * Reads a time as a person writes it: a date (midnight UTC), or an ISO 8601 time with zone.
 *
 * @throws RangeError where it is neither, or not in whole seconds
 */
export function parseInstant(text: string): string {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const instant = Temporal.Instant.from(full);
  if (instant.epochMilliseconds % 1000 !== 0) throw new RangeError('not in whole seconds');
  return formatInstant(instant);
}

/** Milliseconds since 1970 as an instant. */
export const instantOf = (milliseconds: number): string =>
  formatInstant(Temporal.Instant.fromEpochMilliseconds(milliseconds));
