import type { Budget } from '../gate/errorBudget.ts';
import { of } from '../gate/say.ts';
import type { ErrorPolicy } from '../schemas/gate.ts';
import type { Message, Quantity } from '../schemas/message.ts';
import type { BudgetReport, ReportedCharge } from '../schemas/report.ts';
import { tell } from './messages.ts';

/** What is known of a model's error budget. */
export interface KnownBudget extends Budget {
  readonly model: string;
  readonly lineage: string;
  readonly policy: ErrorPolicy;
  /** Those of the 365 days. */
  readonly charges: readonly ReportedCharge[];
}

/** How often the gate may be wrong in 365 days, and how much of that is spent and left. */
export function budgetReport(known: KnownBudget): BudgetReport {
  const { model, lineage, to, accounts, charges } = known;
  return {
    model,
    lineage,
    to,
    promise: promiseSaid(known),
    accounts:
      accounts === null
        ? []
        : [
            { name: 'schedule', ...accounts.schedule },
            { name: 'reserve', ...accounts.reserve },
          ],
    notes: accounts === null ? [] : [...notesSaid(known, accounts)],
    charges: charges.map(({ asOf, cycle, number, account, alpha, challenger, champion, trigger }) => ({
      ...{ asOf, cycle, number, account, alpha, challenger, champion, trigger },
    })),
  };
}

function promiseSaid({ policy, accounts, alpha, tests, expectedWrongPromotions }: KnownBudget): Message[] {
  if ('perCycle' in policy || accounts === null)
    return [
      tell('budget.per-cycle', { alpha: threeDigits(alpha) }),
      tell('budget.expected', { tests: of(tests, 'test'), expected: threeDigits(expectedWrongPromotions) }),
    ];
  return [
    tell('budget.yearly', {
      promotions: threeDigits(policy.wrongPromotions),
      reserve: of(Number(policy.reserve.toPrecision(3)), 'share'),
    }),
    tell('budget.each', { alpha: threeDigits(alpha), tests: of(accounts.yearlyTests, 'count') }),
  ];
}

function* notesSaid(
  { exhausted }: Budget,
  { spentPerCycle, spentBefore }: NonNullable<Budget['accounts']>,
): Generator<Message> {
  if (exhausted > 0) yield tell('budget.exhausted', { tests: of(exhausted, 'test') });
  if (spentPerCycle > 0) yield tell('budget.spent-per-cycle', { spent: threeDigits(spentPerCycle) });
  if (spentBefore > 0) yield tell('budget.spent-before', { spent: threeDigits(spentBefore) });
}

const threeDigits = (value: number): Quantity => of(Number(value.toPrecision(3)), 'amount');
