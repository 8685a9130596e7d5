import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alphaFor,
  type BudgetedTest,
  budgetAt,
  chargeOf,
  type PastCharge,
  scheduledAlpha,
} from '../../gate/errorBudget.ts';
import type { Times } from '../../schedule/nominalTimes.ts';
import type { Trigger } from '../../schemas/cycle.ts';
import { instantOf } from '../../schemas/durations.ts';
import { ErrorPolicy } from '../../schemas/gate.ts';

const day = 86_400_000;
const year = 365 * day;
const weekly: Times = { cron: '0 6 * * MON', timeZone: 'UTC' };
const monthly: Times = { cron: '0 6 1 * *', timeZone: 'UTC' };
const twelve: Times = { cron: '0 */2 * * MON', timeZone: 'UTC' };
const perCycle = ErrorPolicy.parse({ perCycle: 0.025 });
const budget = (wrongPromotions = 0.05, reserve = 0.2) => ({ wrongPromotions, per: 'P1Y', reserve }) as const;

/** Monday 06:00 of a week. */
const week = (number: number) => instantOf(Date.UTC(2001, 0, 1, 6) + number * 7 * day);
const scheduled = (number: number, changes: Partial<BudgetedTest> = {}): BudgetedTest => ({
  asOf: week(number),
  lineage: 'live',
  trigger: 'schedule',
  number: 1,
  ...changes,
});
const manual = (number: number) => scheduled(number, { trigger: 'manual' });

/** Charges tests one after another. */
function charged(
  tests: readonly BudgetedTest[],
  policy: ErrorPolicy = budget(),
  schedule: Times | undefined = weekly,
  past: readonly PastCharge[] = [],
): PastCharge[] {
  const charges = [...past];
  for (const one of tests) charges.push({ asOf: one.asOf, ...chargeOf(policy, schedule, one, charges) });
  return charges;
}
const accounts = (charges: readonly PastCharge[]) => charges.map(({ account }) => account);
const weeks = (count: number) => Array.from({ length: count }, (_, at) => at);

test('a chance of error for each cycle is charged as it is', () => {
  expect(chargeOf(perCycle, weekly, manual(0), [])).toEqual({ alpha: 0.025, account: 'cycle' });
  expect(alphaFor(perCycle, weekly)).toBe(0.025);
});

describe('what a test may err under a budget', () => {
  test('the budget without the reserve over the most nominal times that a year can hold', () => {
    expect(scheduledAlpha(budget(), weekly)).toBeCloseTo((0.05 * 0.8) / 53, 11);
    expect(scheduledAlpha(budget(0.1, 0), monthly)).toBeCloseTo(0.1 / 12, 11);
    expect(53 * scheduledAlpha(budget(), weekly)).toBeLessThanOrEqual(0.05 * 0.8);
  });

  test('without a schedule as if it were weekly; never zero', () => {
    expect(scheduledAlpha(budget(), undefined)).toBe(scheduledAlpha(budget(), weekly));
    expect(scheduledAlpha(budget(1e-12), { cron: '* * * * *', timeZone: 'UTC' })).toBeGreaterThan(0);
  });
});

describe('which account pays', () => {
  test('the schedule for ever, week after week', () => {
    expect(new Set(accounts(charged(weeks(200).map((at) => scheduled(at)))))).toEqual(new Set(['schedule']));
  });

  test.each<[string, Partial<BudgetedTest>, string]>([
    ['by hand', { trigger: 'manual' }, 'reserve'],
    ['the demo walks through the schedule', { trigger: 'demo' }, 'schedule'],
    ['a backfill into the live lineage', { trigger: 'backfill' }, 'reserve'],
    ['a backfill in a lineage of its own', { trigger: 'backfill', lineage: 'backfill-1' }, 'schedule'],
    ['judged anew', { number: 2 }, 'reserve'],
  ])('%s', (_, changes, account) => {
    expect(chargeOf(budget(), weekly, scheduled(0, changes), []).account).toBe(account);
  });

  test('a second definition version for the same asOf draws from the reserve', () => {
    expect(accounts(charged([scheduled(0), scheduled(0), scheduled(1)]))).toEqual(['schedule', 'reserve', 'schedule']);
  });

  test('the reserve runs dry, and fills again as its draws grow older than 365 days', () => {
    // 0.05 x 0.2 holds 13 times 0.05 x 0.8 / 53.
    const charges = charged(weeks(15).map((at) => manual(at)));
    expect(accounts(charges).filter((account) => account === 'reserve')).toHaveLength(13);
    expect(accounts(charges).slice(13)).toEqual(['exhausted', 'exhausted']);
    expect(charges[14]?.alpha).toBe(charges[0]?.alpha);
    expect(
      chargeOf(budget(), weekly, { ...manual(0), asOf: instantOf(Date.parse(week(0)) + year - 1000) }, charges).account,
    ).toBe('exhausted');
    expect(
      chargeOf(budget(), weekly, { ...manual(0), asOf: instantOf(Date.parse(week(0)) + year) }, charges).account,
    ).toBe('reserve');
  });

  test('a test for the past sees what was drawn for later times', () => {
    const later = weeks(13).map((at) => manual(at + 40));
    expect(accounts(charged([...later, manual(20)])).at(-1)).toBe('exhausted');
    expect(accounts(charged([...later, manual(-13)])).at(-1)).toBe('reserve');
  });

  test('a window that reaches to either side counts, where the year before and the year after do not', () => {
    const near = [...weeks(7).map((at) => manual(at)), ...weeks(6).map((at) => manual(at + 45))];
    expect(accounts(charged([...near, manual(30)])).at(-1)).toBe('exhausted');
  });

  test('what lies exactly 365 days apart is never in one window', () => {
    const end = instantOf(Date.parse(week(0)) + year);
    const ends = [...Array(7).fill(manual(0)), ...Array(7).fill({ ...manual(0), asOf: end })];
    expect(accounts(charged([...ends, manual(30)])).at(-1)).toBe('reserve');
  });

  test('a schedule that was sparse before leaves less for the next; what it lacks comes from the reserve', () => {
    const past = charged(
      weeks(12).map((at) => scheduled(at * 4)),
      budget(),
      monthly,
    );
    const next = charged(
      weeks(20).map((at) => scheduled(48 + at)),
      budget(),
      weekly,
      past,
    ).slice(12);
    // Week 48 to 52 still see all twelve monthly draws; then one falls out every four weeks and makes room for four.
    expect(accounts(next)).toEqual(Array.from({ length: 20 }, (_, at) => (at < 5 ? 'reserve' : 'schedule')));
  });

  test('cycles without a budget count once there was one, and not before', () => {
    const before = charged(
      weeks(10).map((at) => scheduled(at)),
      perCycle,
    );
    const opened = charged([scheduled(10)], budget(), weekly, before);
    expect(accounts(opened).at(-1)).toBe('schedule');
    const left = charged([scheduled(11), scheduled(12)], perCycle, weekly, opened);
    expect(chargeOf(budget(), weekly, scheduled(13), left).account).toBe('exhausted');
    expect(chargeOf(budget(), weekly, scheduled(70), left).account).toBe('schedule');
  });
});

/** Definitions come and go, cycles of any kind come in any order. */
const anyTest = fc.record({
  at: fc.integer({ min: 0, max: 3 * 52 }),
  hours: fc.integer({ min: 0, max: 3 }),
  trigger: fc.constantFrom<Trigger>('schedule', 'schedule', 'schedule', 'manual', 'backfill', 'demo'),
  number: fc.constantFrom(1, 1, 1, 2),
});
const toTest = ({ at, hours, trigger, number }: typeof anyTest extends fc.Arbitrary<infer T> ? T : never) => ({
  asOf: instantOf(Date.parse(week(at)) + hours * 3_600_000),
  ...{ lineage: 'live', trigger, number },
});
const draws = (charges: readonly PastCharge[]) => charges.filter(({ account }) => account !== 'exhausted');
/** The largest sum over any 365 days, tried at every end. */
const worstYear = (charges: readonly PastCharge[]) =>
  Math.max(
    0,
    ...charges.map(({ asOf: end }) =>
      charges
        .filter(({ asOf }) => asOf <= end && Date.parse(asOf) > Date.parse(end) - year)
        .reduce((sum, { alpha }) => sum + alpha, 0),
    ),
  );
const rounding = 1e-12;

describe('the guarantee, for any sequence of tests', () => {
  test('all alphas that can promote stay within the budget in any 365 days, each account within its part', () => {
    fc.assert(
      fc.property(
        fc.array(anyTest, { maxLength: 250 }),
        fc.constantFrom(weekly, monthly, twelve, undefined),
        fc.constantFrom(budget(), budget(0.3, 0), budget(0.01, 0.9)),
        (tests, schedule, policy) => {
          const charges = charged(tests.map(toTest), policy, schedule);
          const of = (account: string) => charges.filter((charge) => charge.account === account);
          expect(worstYear(draws(charges))).toBeLessThanOrEqual(policy.wrongPromotions + rounding);
          expect(worstYear(of('reserve'))).toBeLessThanOrEqual(policy.wrongPromotions * policy.reserve + rounding);
          expect(worstYear(of('schedule'))).toBeLessThanOrEqual(
            policy.wrongPromotions * (1 - policy.reserve) + rounding,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('also when policy and schedule change between them', () => {
    const phase = fc.record({
      schedule: fc.constantFrom(weekly, monthly, twelve),
      policy: fc.constantFrom<ErrorPolicy>(budget(), budget(0.05, 0.9), budget(0.02, 0), perCycle),
      tests: fc.array(anyTest, { maxLength: 60 }),
    });
    fc.assert(
      fc.property(fc.array(phase, { maxLength: 6 }), (phases) => {
        let charges: PastCharge[] = [];
        let opened = Number.POSITIVE_INFINITY;
        for (const { schedule, policy, tests } of phases) {
          for (const one of tests.map(toTest)) {
            const before = charges;
            charges = charged([one], policy, schedule, charges);
            if ('perCycle' in policy) continue;
            opened = Math.min(opened, before.length);
            const { account } = charges.at(-1) ?? { account: 'none' };
            if (account === 'exhausted') continue;
            const at = Date.parse(one.asOf);
            const near = draws(charges.slice(opened)).filter(({ asOf }) => Math.abs(Date.parse(asOf) - at) < year);
            const ends = near.filter(({ asOf }) => asOf >= one.asOf);
            for (const { asOf: end } of ends) {
              const sum = near
                .filter(({ asOf }) => asOf <= end && Date.parse(asOf) > Date.parse(end) - year)
                .reduce((total, { alpha }) => total + alpha, 0);
              expect(sum).toBeLessThanOrEqual(policy.wrongPromotions + rounding);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('nothing is refused that fits: an exhausted test would break it', () => {
    fc.assert(
      fc.property(fc.array(anyTest, { minLength: 1, maxLength: 120 }), (tests) => {
        const charges = charged(tests.map(toTest));
        const last = charges.at(-1);
        if (last?.account !== 'exhausted') return;
        const reserve = charges.filter(({ account }) => account === 'reserve');
        const all = [...draws(charges), last];
        const broken = worstYear([...reserve, last]) > 0.01 + rounding || worstYear(all) > 0.05 + rounding;
        expect(broken).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is left', () => {
  test('of a budget', () => {
    const charges = charged([...weeks(3).map((at) => scheduled(at)), manual(4), manual(-60)]);
    const alpha = scheduledAlpha(budget(), weekly);
    expect(budgetAt(budget(), weekly, charges, week(5))).toEqual({
      from: instantOf(Date.parse(week(5)) - year),
      to: week(5),
      alpha,
      tests: 4,
      expectedWrongPromotions: expect.closeTo(4 * alpha, 12),
      exhausted: 0,
      accounts: {
        yearlyTests: 53,
        schedule: {
          allowed: 0.04,
          spent: expect.closeTo(3 * alpha, 12),
          left: expect.closeTo(0.04 - 3 * alpha, 12),
          tests: 3,
          testsLeft: 50,
          freesAt: instantOf(Date.parse(week(0)) + year),
        },
        reserve: {
          allowed: 0.01,
          spent: alpha,
          left: expect.closeTo(0.01 - alpha, 12),
          tests: 1,
          testsLeft: 12,
          freesAt: instantOf(Date.parse(week(4)) + year),
        },
        spentPerCycle: 0,
        spentBefore: 0,
      },
    });
  });

  test('beside what cycles without a budget spent, before and after there was one', () => {
    const before = charged([scheduled(0), scheduled(1)], perCycle);
    const charges = charged([scheduled(3)], perCycle, weekly, charged([scheduled(2)], budget(), weekly, before));
    expect(budgetAt(budget(), weekly, charges, week(4)).accounts).toMatchObject({
      spentBefore: 0.05,
      spentPerCycle: 0.025,
      schedule: { tests: 1, left: expect.closeTo(0.05 - 0.025 - scheduledAlpha(budget(), weekly), 12) },
    });
  });

  test('where no account is kept: how many tests, and what they may have cost', () => {
    const charges = charged(
      weeks(60).map((at) => scheduled(at)),
      perCycle,
    );
    expect(budgetAt(perCycle, weekly, charges, week(59))).toMatchObject({
      tests: 53,
      expectedWrongPromotions: 1.325,
      accounts: null,
    });
  });
});
