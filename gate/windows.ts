import type { Windows } from '../schemas/definition.ts';
import { before, instantOf } from '../schemas/durations.ts';
import type { Window } from '../schemas/primitives.ts';

/**
 * The two windows of a cycle. The holdout is the newest window whose labels are mature at `asOf`; training is the
 * newest whose labels were mature when the holdout began, as they will be for the model that serves.
 */
export function windowsOf(asOf: string, { horizon, lag, train, holdout }: Windows): { train: Window; holdout: Window } {
  const holdoutTo = before(asOf, lag, horizon);
  const holdoutFrom = before(holdoutTo, holdout);
  const trainTo = before(holdoutFrom, lag, horizon);
  return { train: { from: before(trainTo, train), to: trainTo }, holdout: { from: holdoutFrom, to: holdoutTo } };
}

/**
 * The period in which a promotion is looked at again: as long as the holdout that it was promoted on, and right after that,
 * or, where cycles are so rare that the next holdout begins later, from there on.
 */
export function nextPeriod(promoted: Window, holdout: Window): Window {
  const from = holdout.from > promoted.to ? holdout.from : promoted.to;
  const length = Date.parse(promoted.to) - Date.parse(promoted.from);
  return { from, to: instantOf(Date.parse(from) + length) };
}

/** How many whole days lie between two instants, to the nearest. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
