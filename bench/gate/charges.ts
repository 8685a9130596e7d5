import { chargeOf, type ErrorBudget, type PastCharge } from '../../gate/errorBudget.ts';
import type { Charge } from '../../schemas/charge.ts';

export const budget: ErrorBudget = { wrongPromotions: 0.05, per: 'P1Y', reserve: 0.2 };

/** A test as the budget charged it; `day` counts from the first one. */
export interface ChargedTest {
  readonly day: number;
  readonly alpha: number;
  readonly account: Charge['account'];
}

const cadences = {
  weekly: { cron: '0 6 * * MON', everyDays: 7 },
  daily: { cron: '0 6 * * *', everyDays: 1 },
} as const;
export type Cadence = keyof typeof cadences;

const cycles = 500;
/** After every so many scheduled cycles somebody retrains by hand: more often than the reserve pays for. */
const manualEvery = 3;
const day = 86_400_000;

/** 500 scheduled cycles and the manual ones among them, charged by the gate's own rule in the order of their asOf. */
export function chargedTests(cadence: Cadence): ChargedTest[] {
  const { cron, everyDays } = cadences[cadence];
  const schedule = { cron, timeZone: 'UTC' };
  const from = Date.UTC(2001, 0, 1, 6);
  const past: PastCharge[] = [];
  const tests: ChargedTest[] = [];
  const test = (at: number, trigger: 'schedule' | 'manual') => {
    const asOf = new Date(at).toISOString();
    const charge = chargeOf(budget, schedule, { asOf, lineage: 'live', trigger, number: 1 }, past);
    past.push({ asOf, ...charge });
    tests.push({ day: (at - from) / day, ...charge });
  };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const at = from + cycle * everyDays * day;
    test(at, 'schedule');
    if (cycle % manualEvery === 0) test(at + day / 2, 'manual');
  }
  return tests;
}
