import { Command } from 'commander';
import { history } from '../../ledger/history.ts';
import type { Tell } from '../answer.ts';
import { knownModel } from '../knownModel.ts';
import { renderHistory } from '../render/history.ts';
import type { Session } from '../session.ts';

export const historyCommand = (session: Session, tell: Tell) =>
  new Command('history')
    .description('list the champions of a model: from when to when, what each one beat, why, and who decided')
    .argument('<model>', 'such as flight-delay')
    .action(async (model: string) => {
      await knownModel(session.ledger, model);
      const reigns = await history(session.ledger.db, model, 'live');
      tell({
        document: { model, lineage: 'live', reigns },
        text: ({ paint }) =>
          reigns.length === 0
            ? `${model} has no champion yet. Start a cycle: reign retrain ${model} --as-of T --wait`
            : renderHistory(reigns, paint),
      });
    });
