import type { Times } from '../schedule/nominalTimes.ts';
import type { Charge } from '../schemas/charge.ts';
import type { Trigger } from '../schemas/cycle.ts';
import { instantOf } from '../schemas/durations.ts';
import type { ErrorPolicy } from '../schemas/gate.ts';
import { largestYearlyCount, year } from './yearlyCount.ts';

/** A policy with a yearly budget of wrong promotions, instead of a chance of error for each cycle. */
export type ErrorBudget = Exclude<ErrorPolicy, { perCycle: number }>;

/** What an earlier test was charged. */
export interface PastCharge {
  readonly asOf: string;
  readonly account: Charge['account'];
  readonly alpha: number;
}

/** A test that is about to be made. */
export interface BudgetedTest {
  readonly asOf: string;
  readonly lineage: string;
  readonly trigger: Trigger;
  /** Which judgement of its cycle. */
  readonly number: number;
}

/** Tests a year of a policy with a budget but without a schedule: as if it were weekly. */
const withoutSchedule = 53;

/**
 * Alpha is counted in whole units of 1e-12, so that sums are exact and a year's draws never exceed the budget by a
 * rounding error.
 */
const unit = 1e-12;
const unitsOf = (alpha: number): number => Math.round(alpha / unit);
const alphaOf = (units: number): number => Number((units * unit).toFixed(12));

/** What the accounts hold for any 365 days, in units. */
function limitsOf({ wrongPromotions, reserve }: ErrorBudget) {
  const total = unitsOf(wrongPromotions);
  const kept = unitsOf(wrongPromotions * reserve);
  return { total, reserve: kept, schedule: total - kept };
}

/** How many tests share what the schedule may spend in a year. */
const yearlyTests = (schedule: Times | undefined): number =>
  schedule === undefined ? withoutSchedule : Math.max(1, largestYearlyCount(schedule));

const share = (budget: ErrorBudget, tests: number): number =>
  alphaOf(Math.max(1, Math.floor(limitsOf(budget).schedule / tests)));

/**
 * The chance of error of each scheduled test: the year's budget without the reserve, divided by the largest number of tests
 * in a year.
 */
export const scheduledAlpha = (budget: ErrorBudget, schedule: Times | undefined): number =>
  share(budget, yearlyTests(schedule));

/** The chance of error of a test of this policy, whichever account pays for it. */
export const alphaFor = (policy: ErrorPolicy, schedule: Times | undefined): number =>
  'perCycle' in policy ? policy.perCycle : scheduledAlpha(policy, schedule);

/**
 * What a test is charged, and from which account.
 *
 * The promise of a budget: take any 365 days of asOf that contain a draw from `schedule` or `reserve`. The alphas charged in
 * them add up to at most `wrongPromotions` of the policy that drew, whatever policies and schedules were in force before. A
 * window is (end - 365 days, end]. It may lie on either side of the test, because cycles need not come in the order of asOf.
 *
 * @param past all charges of the model's lineage, in the order in which they were made
 */
export function chargeOf(
  policy: ErrorPolicy,
  schedule: Times | undefined,
  test: BudgetedTest,
  past: readonly PastCharge[],
): Charge {
  if ('perCycle' in policy) return { alpha: policy.perCycle, account: 'cycle' };
  const alpha = scheduledAlpha(policy, schedule);
  const limits = limitsOf(policy);
  const spent = spending(past);
  const fits = (account: 'schedule' | 'reserve') => {
    const own = spent.filter((charge) => charge.account === account);
    const added = unitsOf(alpha);
    return (
      fullestYear(own, test.asOf) + added <= limits[account] && fullestYear(spent, test.asOf) + added <= limits.total
    );
  };
  if (isScheduled(test, past) && fits('schedule')) return { alpha, account: 'schedule' };
  return { alpha, account: fits('reserve') ? 'reserve' : 'exhausted' };
}

/** The schedule pays for one test at each of its times. A backfill walks through these times in a lineage of its own. */
function isScheduled({ asOf, lineage, trigger, number }: BudgetedTest, past: readonly PastCharge[]): boolean {
  const walksTheSchedule =
    trigger === 'schedule' || trigger === 'demo' || (trigger === 'backfill' && lineage !== 'live');
  return walksTheSchedule && number === 1 && !past.some((one) => one.account === 'schedule' && one.asOf === asOf);
}

/**
 * The charges that count: those of all tests that can promote, from the first test under a budget on. Tests of a policy that
 * goes back to a chance of error for each cycle count too, so that nobody renews a budget by leaving it for a while.
 */
function spending<C extends PastCharge>(past: readonly C[]): C[] {
  const opened = past.findIndex(({ account }) => account !== 'cycle' && account !== 'none');
  if (opened < 0) return [];
  return past.slice(opened).filter(({ account }) => account !== 'exhausted' && account !== 'none');
}

/** The largest sum in units over any 365 days that contain `asOf`. */
function fullestYear(charges: readonly PastCharge[], asOf: string): number {
  const at = Date.parse(asOf);
  const near = charges
    .map((charge) => ({ time: Date.parse(charge.asOf), units: unitsOf(charge.alpha) }))
    .filter(({ time }) => time > at - year && time < at + year)
    .sort((a, b) => a.time - b.time);
  // The sum grows only when the window's end reaches a charge. A window that ends before `asOf` holds no more than the one that ends there.
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const { time, units } of near) {
    for (let old = near[first]; old !== undefined && old.time <= time - year; old = near[++first]) sum -= old.units;
    sum += units;
    most = Math.max(most, sum);
  }
  return most;
}

/** One account over 365 days. */
export interface Account {
  readonly allowed: number;
  readonly spent: number;
  /** What can still be drawn; never more than is left of the whole budget. */
  readonly left: number;
  readonly tests: number;
  /** How many more tests it pays for. */
  readonly testsLeft: number;
  /** The asOf from which on its oldest draw no longer counts; null if nothing was drawn. */
  readonly freesAt: string | null;
}

/** The tests of 365 days, and how many wrong promotions they may have caused. */
export interface Budget {
  /** The 365 days: after `from`, up to and including `to`. */
  readonly from: string;
  readonly to: string;
  /** The chance of error of each test. */
  readonly alpha: number;
  readonly tests: number;
  /** At most so many wrong promotions are expected among the tests that could promote: the sum of their alphas. */
  readonly expectedWrongPromotions: number;
  /** Tests that ran after the budget was spent: their best possible verdict was `review`. */
  readonly exhausted: number;
  /** Null if the policy has a chance of error for each cycle. */
  readonly accounts: {
    readonly yearlyTests: number;
    readonly schedule: Account;
    readonly reserve: Account;
    /** Spent by definition versions without a budget, since the first one with a budget. */
    readonly spentPerCycle: number;
    /** Spent before the first one with a budget. It does not count: the budget's promise begins later. */
    readonly spentBefore: number;
  } | null;
}

/**
 * The state of the budget in the 365 days up to `at`.
 *
 * @param past all charges of the model's lineage, in the order in which they were made
 */
export function budgetAt(
  policy: ErrorPolicy,
  schedule: Times | undefined,
  past: readonly PastCharge[],
  at: string,
): Budget {
  const end = Date.parse(at);
  const within = ({ asOf }: PastCharge) => Date.parse(asOf) > end - year && Date.parse(asOf) <= end;
  const charges = past.filter(within);
  const canPromote = charges.filter(({ account }) => account !== 'exhausted' && account !== 'none');
  return {
    from: instantOf(end - year),
    to: at,
    alpha: alphaFor(policy, schedule),
    tests: charges.length,
    expectedWrongPromotions: alphaOf(total(canPromote)),
    exhausted: charges.filter(({ account }) => account === 'exhausted').length,
    accounts: 'perCycle' in policy ? null : accountsOf(policy, schedule, spending(past).filter(within), canPromote),
  };
}

/**
 * @param charges those that count
 * @param all those that can promote
 */
function accountsOf(
  budget: ErrorBudget,
  schedule: Times | undefined,
  charges: readonly PastCharge[],
  all: readonly PastCharge[],
): NonNullable<Budget['accounts']> {
  const limits = limitsOf(budget);
  const tests = yearlyTests(schedule);
  const each = unitsOf(share(budget, tests));
  const account = (name: 'schedule' | 'reserve'): Account => {
    const own = charges.filter((charge) => charge.account === name);
    const left = Math.max(0, Math.min(limits[name] - total(own), limits.total - total(charges)));
    const oldest = own.map(({ asOf }) => Date.parse(asOf)).sort((a, b) => a - b)[0];
    return {
      allowed: alphaOf(limits[name]),
      spent: alphaOf(total(own)),
      left: alphaOf(left),
      tests: own.length,
      testsLeft: Math.floor(left / each),
      freesAt: oldest === undefined ? null : instantOf(oldest + year),
    };
  };
  return {
    yearlyTests: tests,
    schedule: account('schedule'),
    reserve: account('reserve'),
    spentPerCycle: alphaOf(total(charges.filter((charge) => charge.account === 'cycle'))),
    spentBefore: alphaOf(total(all) - total(charges)),
  };
}

const total = (charges: readonly PastCharge[]): number => charges.reduce((sum, { alpha }) => sum + unitsOf(alpha), 0);
