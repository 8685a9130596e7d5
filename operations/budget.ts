import { z } from 'zod';
import { budgetAt } from '../gate/errorBudget.ts';
import { chargesOf, type ErrorCharge } from '../ledger/errorCharges.ts';
import { budgetReport } from '../report/budget.ts';
import { chargeAccounts } from '../schemas/charge.ts';
import { triggers } from '../schemas/cycle.ts';
import { instantOf } from '../schemas/durations.ts';
import { ErrorPolicy } from '../schemas/gate.ts';
import { AskedLineage, Lineage } from '../schemas/lineage.ts';
import { Instant } from '../schemas/primitives.ts';
import { BudgetReport } from '../schemas/report.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';
import { parseAsOf } from './parseAsOf.ts';

const Account = z.strictObject({
  allowed: z.number(),
  spent: z.number(),
  /** What can still be drawn: no more than is left of the whole budget. */
  left: z.number(),
  tests: z.int(),
  /** How many more tests it pays for. */
  testsLeft: z.int(),
  /** From which asOf on its oldest draw counts no more; null where nothing was drawn. */
  freesAt: Instant.nullable(),
});

const Charged = z.strictObject({
  asOf: Instant,
  account: z.enum(chargeAccounts).exclude(['none']),
  alpha: z.number(),
  cycle: z.string(),
  /** The judgement of the cycle that it was asked for. */
  number: z.int(),
  trigger: z.enum(triggers),
  definitionVersion: z.int(),
  /** Registered versions; null where one has no number, as in a backfill. */
  challenger: z.int().nullable(),
  champion: z.int().nullable(),
  holdout: z.string(),
  chargedAt: z.string(),
});

export const budgetOperation = operation({
  name: 'budget',
  description: 'show how often the gate may be wrong in a year, and how much of that is spent and left',
  request: z.strictObject({
    model: z.string(),
    lineage: AskedLineage,
    /** The last asOf of the 365 days. Default: the newest asOf that was tested. */
    asOf: z.string().optional(),
  }),
  answer: z.strictObject({
    model: z.string(),
    lineage: Lineage,
    definitionVersion: z.int(),
    policy: ErrorPolicy,
    /** The 365 days: after `from`, up to and with `to`. */
    from: Instant,
    to: Instant,
    /** The chance of error of each test. */
    alpha: z.number(),
    tests: z.int(),
    /** Wrong promotions expected at most among the tests that could promote: the sum of their alphas. */
    expectedWrongPromotions: z.number(),
    /** Tests that ran after the budget was spent: their best possible verdict was `review`. */
    exhausted: z.int(),
    /** Null where the policy is a chance of error for each cycle. */
    accounts: z
      .strictObject({
        yearlyTests: z.int(),
        schedule: Account,
        reserve: Account,
        /** Spent for cycles of a definition version without a budget, since the first one with a budget. */
        spentPerCycle: z.number(),
        /** Spent before the first one with a budget: it counts against nothing. */
        spentBefore: z.number(),
      })
      .nullable(),
    /** Those of the 365 days. */
    charges: z.array(Charged),
    /** What is to be said about it, as messages with their values. */
    report: BudgetReport,
  }),
  run: async ({ ledger, now }: Pick<OperationContext, 'ledger' | 'now'>, { model, lineage, asOf }) => {
    const given = asOf === undefined ? undefined : parseAsOf(asOf);
    const { definition, version: definitionVersion } = await knownModel(ledger, model);
    const past = await chargesOf(ledger.db, model, lineage);
    const at = given ?? newest(past) ?? instantOf(now().getTime());
    const policy = definition.gate.error;
    const budget = budgetAt(policy, definition.schedule, past, at);
    const charges = past
      .filter((charge) => charge.asOf > budget.from && charge.asOf <= budget.to)
      .map(({ challengerId: _, championId: __, ...charge }) => charge)
      .toSorted((a, b) => a.asOf.localeCompare(b.asOf));
    const answer = { model, lineage, definitionVersion, policy, ...budget, charges };
    return { ...answer, report: budgetReport(answer) };
  },
});

const newest = (charges: readonly ErrorCharge[]): string | undefined =>
  charges
    .map(({ asOf }) => asOf)
    .sort()
    .at(-1);
