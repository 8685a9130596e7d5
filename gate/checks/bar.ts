import type { Interval } from '../../schemas/interval.ts';
import type { Check, CheckStatus } from '../../schemas/verdict.ts';

/** Something a challenger has to reach before it may win. */
export interface Bar {
  readonly check: Check;
  /** A loss beyond what is accepted is shown. */
  readonly lost: boolean;
  /** It is not reached, and that keeps the challenger out. */
  readonly blocks: boolean;
}

/** A bar that blocks exactly while it is not passed; neither lost nor met is `unknown`. */
export function bar(check: Omit<Check, 'status'>, outcome: { lost: boolean; met: boolean }): Bar {
  const status: CheckStatus = outcome.lost ? 'failed' : outcome.met ? 'passed' : 'unknown';
  return { check: { ...check, status }, lost: outcome.lost, blocks: status !== 'passed' };
}

/** Whether a difference shows a loss beyond the margin, or shows that there is none. */
export function within(margin: number, difference: Interval | null): { lost: boolean; met: boolean } {
  const low = difference?.decidingLow ?? null;
  const high = difference?.decidingHigh ?? null;
  return { lost: high !== null && high < -margin, met: low !== null && low > -margin };
}
