import { Command } from 'commander';
import { cyclesOperation } from '../../operations/cycles.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { renderVerdictTable } from '../render/verdictTable.ts';
import type { Session } from '../session.ts';

export const cyclesCommand = (session: Session, tell: Tell) =>
  new Command('cycles')
    .description(cyclesOperation.description)
    .argument('<model>', 'such as flight-delay')
    .addOption(lineageOption())
    .action(async (model: string, { lineage }: { lineage: string }) => {
      const answer = await perform(cyclesOperation, session.context, { model, lineage });
      const { cycles, others } = answer;
      const deciding = new Map(Object.entries(answer.deciding));
      tell({
        document: answer,
        text: ({ paint }) => {
          const table =
            cycles.length === 0
              ? `${model} has no cycle yet. Start one: reign retrain ${model} --as-of T --wait`
              : renderVerdictTable(cycles, paint, deciding);
          const last = cycles.at(-1);
          const further = [
            ...(last === undefined ? [] : [`One of them in full: reign show ${last.id}`]),
            ...others.map((name) => `Those of another line of champions: reign cycles ${model} --lineage ${name}`),
          ];
          return [table, ...(further.length > 0 ? ['', ...further.map((line) => paint('dim', line))] : [])].join('\n');
        },
      });
    });
