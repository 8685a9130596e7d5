import { Temporal } from '@js-temporal/polyfill';

/** How many seconds a duration always is; null where it is none, or has months or years, which have no fixed length. */
export function fixedLength(duration: string): number | null {
  try {
    const { years, months, weeks, days, hours, minutes, seconds, sign } = Temporal.Duration.from(duration);
    if (sign < 0 || years !== 0 || months !== 0 || /[.,]/.test(duration)) return null;
    return ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds;
  } catch {
    return null;
  }
}
