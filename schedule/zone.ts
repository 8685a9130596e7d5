import { Temporal } from '@js-temporal/polyfill';

/** Whether it is the name of an IANA time zone, spelt as the time zone database spells it: Temporal looks it up as a file. */
export function isZone(text: string): boolean {
  // An offset is no zone: it knows no summer time, and Postgres reads its sign the other way round.
  if (/^[+-]|^\d/.test(text)) return false;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId === text;
  } catch {
    return false;
  }
}

/** A change of a zone's clocks. */
export interface ClockChange {
  /** In seconds since 1970. */
  readonly at: number;
  /** Seconds that local time is ahead of UTC, before and from then on. */
  readonly before: number;
  readonly after: number;
}

/** The offsets of a zone over time, looked up once: asking the database each time takes a millisecond. */
export class Zone {
  readonly #changes: ClockChange[] = [];
  readonly #first: number;
  /** The last change that was looked up; null when there is none after it. */
  #last: Temporal.ZonedDateTime | null;
  /** Up to when the changes are known. The polyfill takes long to say it each time. */
  #known: number;

  constructor(timeZone: string) {
    const start = Temporal.Instant.fromEpochMilliseconds(Date.UTC(1999, 0, 1)).toZonedDateTimeISO(timeZone);
    this.#first = start.offsetNanoseconds / 1e9;
    this.#last = start;
    this.#known = start.epochMilliseconds / 1000;
  }

  /** Seconds that local time is ahead of UTC at a time from 2000 on, in seconds since 1970. */
  offsetAt(seconds: number): number {
    this.#lookUpTo(seconds);
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle]?.at ?? 0) <= seconds) low = middle + 1;
      else high = middle;
    }
    return this.#changes[low - 1]?.after ?? this.#first;
  }

  /** The changes in [from, to), in seconds since 1970. */
  changesIn(from: number, to: number): readonly ClockChange[] {
    this.#lookUpTo(to);
    return this.#changes.filter(({ at }) => at >= from && at < to);
  }

  #lookUpTo(seconds: number): void {
    while (this.#last !== null && this.#known <= seconds) {
      this.#last = this.#last.getTimeZoneTransition('next');
      if (this.#last === null) return;
      this.#known = this.#last.epochMilliseconds / 1000;
      const before = this.#changes.at(-1)?.after ?? this.#first;
      const after = this.#last.offsetNanoseconds / 1e9;
      if (before !== after) this.#changes.push({ at: this.#known, before, after });
    }
  }
}

const zones = new Map<string, Zone>();

/** The zone of a name, however it is spelt: earlier releases accepted any spelling. Throws RangeError where there is none. */
export function zoneOf(timeZone: string): Zone {
  const spelt = () => new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  const known = zones.get(timeZone) ?? new Zone(spelt());
  zones.set(timeZone, known);
  return known;
}
