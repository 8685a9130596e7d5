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

/** The period right after a window, as long as the window itself. */
export function periodAfter({ from, to }: Window): Window {
  const length = Date.parse(to) - Date.parse(from);
  return { from: to, to: instantOf(Date.parse(to) + length) };
}

/** How many whole days lie between two instants, to the nearest. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
