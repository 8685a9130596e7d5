import { Command } from 'commander';
import { budgetOperation } from '../../operations/budget.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { renderBudget } from '../render/budget.ts';
import type { Session } from '../session.ts';

export const budgetCommand = (session: Session, tell: Tell) =>
  new Command('budget')
    .description(budgetOperation.description)
    .argument('<model>', 'such as flight-delay')
    .addOption(lineageOption())
    .option('--as-of <time>', 'the last asOf of the 365 days; default: the newest asOf that was tested')
    .action(async (model: string, { lineage, asOf }: { lineage: string; asOf?: string }) => {
      const answer = await perform(budgetOperation, session.context, { model, lineage, asOf });
      tell({ document: answer, text: ({ paint }) => renderBudget(answer.report, paint) });
    });
