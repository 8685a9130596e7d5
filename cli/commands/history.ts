import { Command } from 'commander';
import { historyOperation } from '../../operations/history.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { renderHistory } from '../render/history.ts';
import type { Session } from '../session.ts';

export const historyCommand = (session: Session, tell: Tell) =>
  new Command('history')
    .description(historyOperation.description)
    .argument('<model>', 'such as flight-delay')
    .addOption(lineageOption())
    .action(async (model: string, { lineage }: { lineage: string }) => {
      const answer = await perform(historyOperation, session.context, { model, lineage });
      tell({
        document: answer,
        text: ({ paint }) =>
          answer.reigns.length === 0
            ? `${model} has no champion yet. Start a cycle: reign retrain ${model} --as-of T --wait`
            : renderHistory(answer, paint),
      });
    });
