import { Command } from 'commander';
import { championOperation } from '../../operations/champion.ts';
import { perform } from '../../operations/operation.ts';
import { versionName } from '../../schemas/versionName.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import type { Session } from '../session.ts';

export const championCommand = (session: Session, tell: Tell) =>
  new Command('champion')
    .description(championOperation.description)
    .argument('<model>', 'such as flight-delay')
    .option('--at <time>', 'who reigned then, such as 2001-03-03')
    .addOption(lineageOption())
    .action(async (model: string, { at, lineage }: { at?: string; lineage: string }) => {
      const answer = await perform(championOperation, session.context, { model, at, lineage });
      const { epoch, since, by, reason, cycle, modelUri } = answer;
      const text = () =>
        [
          `${model} ${versionName(answer)}, epoch ${epoch}, since ${since}`,
          `promoted by ${by}: ${reason}`,
          cycle === null ? 'fitted outside of Reign' : `fitted by ${cycle}`,
          `in MLflow: ${modelUri}`,
        ].join('\n');
      tell({ document: answer, text });
    });
