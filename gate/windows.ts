import type { Windows } from '../schemas/definition.ts';
import { after, before } from '../schemas/durations.ts';
import type { Window } from '../schemas/primitives.ts';

/**
 * The two windows of a cycle. The holdout is the newest window whose labels are mature at `asOf`; training is the
 * newest whose labels were mature when the holdout began, as they will be for the model that serves.
 */
export function windowsOf(
  asOf: string,
  { horizon, lag, train, holdout, timeZone }: Windows,
): { train: Window; holdout: Window } {
  const holdoutTo = before(asOf, [lag, horizon], timeZone);
  const holdoutFrom = before(holdoutTo, [holdout], timeZone);
  const trainTo = before(holdoutFrom, [lag, horizon], timeZone);
  return {
    train: { from: before(trainTo, [train], timeZone), to: trainTo },
    holdout: { from: holdoutFrom, to: holdoutTo },
  };
}

/** The first asOf, to the day, whose holdout begins at `begin` or later. */
export function firstAsOfAfter(begin: string, windows: Windows): string {
  const { holdout, horizon, lag, timeZone } = windows;
  let asOf = [holdout, horizon, lag].reduce((at, length) => after(at, length, timeZone), begin);
  // Months differ in length: what was added is not always what is subtracted.
  while (windowsOf(asOf, windows).holdout.from < begin) asOf = after(asOf, 'P1D', timeZone);
  return asOf;
}

/**
 * The period in which a promotion is checked again. It begins at the end of the holdout that led to the promotion, and is
 * as long as a holdout of its definition. It does not depend on the cycle that asks: a promotion of March is checked on
 * April. If cycles are so rare that no holdout lies in this period, the first later holdout is used.
 *
 * @param promoted the holdout that it was promoted on
 * @param windows of the definition by which it was promoted
 * @param holdout what the present cycle sees
 * @param seenBefore whether an earlier cycle has seen some of the period
 * @returns null where this holdout shows nothing of it
 */
export function periodToFollow(
  promoted: Window,
  { holdout: length, timeZone }: Pick<Windows, 'holdout' | 'timeZone'>,
  holdout: Window,
  seenBefore: boolean,
): Window | null {
  const beginningAt = (from: string): Window => ({ from, to: after(from, length, timeZone) });
  const period = beginningAt(promoted.to);
  if (holdout.from < period.to) return holdout.to > period.from ? period : null;
  return seenBefore ? null : beginningAt(holdout.from);
}

/**
 * Whether the first event of a window comes later than gaps between events explain: by more than a day, and by more than a
 * fiftieth of the window.
 */
export function beginsBefore({ from, to }: Window, firstEvent: string): boolean {
  const [begin, end, first] = [from, to, firstEvent].map((at) => Date.parse(at)) as [number, number, number];
  return first - begin > Math.max(86_400_000, (end - begin) / 50);
}

/** How many whole days lie between two instants, to the nearest. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
