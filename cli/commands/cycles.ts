import { Command } from 'commander';
import { cyclesOperation } from '../../operations/cycles.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { renderVerdictTable } from '../render/verdictTable.ts';
import type { Session } from '../session.ts';

export const cyclesCommand = (session: Session, tell: Tell) =>
  new Command('cycles')
    .description(cyclesOperation.description)
    .argument('<model>', 'such as flight-delay')
    .option('--lineage <lineage>', 'only those of one line of champions; default: all')
    .action(async (model: string, { lineage }: { lineage?: string }) => {
      const answer = await perform(cyclesOperation, session.context, { model, lineage });
      const { cycles } = answer;
      const deciding = new Map(Object.entries(answer.deciding));
      tell({
        document: answer,
        text: ({ paint }) =>
          cycles.length === 0
            ? `${model} has no cycle yet. Start one: reign retrain ${model} --as-of T --wait`
            : `${renderVerdictTable(cycles, paint, deciding)}\n\n${paint('dim', `One of them in full: reign show ${cycles.at(-1)?.id ?? 'CYCLE'}`)}`,
      });
    });
