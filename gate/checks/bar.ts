import type { Interval } from '../../schemas/interval.ts';
import type { ComparedNumber } from '../../schemas/report.ts';
import type { CheckStatus } from '../../schemas/verdict.ts';
import { of } from '../say.ts';
import type { GateCheck } from './gateCheck.ts';

/** Something a challenger has to reach before it may win. */
export interface Bar {
  readonly check: GateCheck;
  /** The evidence shows a loss beyond what is accepted. */
  readonly lost: boolean;
  /** It is not reached, so the challenger cannot win. */
  readonly blocks: boolean;
}

/** A bar that blocks unless it is passed. If it is neither lost nor met, it is `unknown`. */
export function bar(check: Omit<GateCheck, 'status'>, outcome: { lost: boolean; met: boolean }): Bar {
  const status: CheckStatus = outcome.lost ? 'failed' : outcome.met ? 'passed' : 'unknown';
  return { check: { ...check, status }, lost: outcome.lost, blocks: status !== 'passed' };
}

/** Whether a difference shows a loss beyond the margin, or that there is no such loss. */
export function within(margin: number, difference: Interval | null): { lost: boolean; met: boolean } {
  const low = difference?.decidingLow ?? null;
  const high = difference?.decidingHigh ?? null;
  return { lost: high !== null && high < -margin, met: low !== null && low > -margin };
}

/** The deciding lower bound of a difference, which has to lie above a limit. */
export function lowerBound(difference: Interval | null, limit: number): ComparedNumber {
  const low = difference?.decidingLow ?? null;
  return {
    what: 'decidingLower',
    measured: low === null ? null : of(low, 'difference'),
    relation: 'above',
    required: of(limit, 'difference'),
  };
}
