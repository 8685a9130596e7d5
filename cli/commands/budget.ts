import { Command } from 'commander';
import { budgetAt } from '../../gate/errorBudget.ts';
import { chargesOf, type ErrorCharge } from '../../ledger/errorCharges.ts';
import { budgetReport } from '../../report/budget.ts';
import { instantOf } from '../../schemas/durations.ts';
import type { Tell } from '../answer.ts';
import { knownModel } from '../knownModel.ts';
import { parseAsOf } from '../parseAsOf.ts';
import { renderBudget } from '../render/budget.ts';
import type { Session } from '../session.ts';

export const budgetCommand = (session: Session, tell: Tell) =>
  new Command('budget')
    .description('show how often the gate may be wrong in a year, and how much of that is spent and left')
    .argument('<model>', 'such as flight-delay')
    .option('--lineage <lineage>', 'the lineage whose account to show', 'live')
    .option('--as-of <time>', 'the last asOf of the 365 days; default: the newest asOf that was tested')
    .action(async (model: string, { lineage, asOf }: { lineage: string; asOf?: string }) => {
      const given = asOf === undefined ? undefined : parseAsOf(asOf);
      const { definition, version: definitionVersion } = await knownModel(session.ledger, model);
      const past = await chargesOf(session.ledger.db, model, lineage);
      const at = given ?? newest(past) ?? instantOf(session.surroundings.now().getTime());
      const policy = definition.gate.error;
      const budget = budgetAt(policy, definition.schedule, past, at);
      const charges = past
        .filter((charge) => charge.asOf > budget.from && charge.asOf <= budget.to)
        .toSorted((a, b) => a.asOf.localeCompare(b.asOf));
      const answer = { model, lineage, definitionVersion, policy, ...budget, charges };
      tell({ document: answer, text: ({ paint }) => renderBudget(budgetReport(answer), paint) });
    });

const newest = (charges: readonly ErrorCharge[]): string | undefined =>
  charges
    .map(({ asOf }) => asOf)
    .sort()
    .at(-1);
