import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { retrainOperation } from '../../operations/retrain.ts';
import { showOperation } from '../../operations/show.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Session } from '../session.ts';
import { shownCycle } from '../shownCycle.ts';

export const retrainCommand = (session: Session, tell: Tell) =>
  new Command('retrain')
    .description(retrainOperation.description)
    .argument('<model>', 'such as flight-delay')
    .requiredOption('--as-of <time>', 'a date (midnight UTC) or a time with a zone, such as 2001-02-12')
    .option('--wait', 'wait until the cycle ends or a person is asked, and show it; exit code 4 if it failed')
    .addOption(lineageOption())
    .action(async (model: string, { asOf, lineage, wait }: { asOf: string; lineage: string; wait?: boolean }) => {
      const answer = await perform(retrainOperation, session.context, { model, asOf, lineage, wait });
      const { id, status } = answer;
      const asksPerson = 'waitsFor' in answer && answer.waitsFor === 'person';
      if (!asksPerson && (status === 'running' || status === 'waiting')) {
        const follow = `reign retrain ${model} --as-of ${asOf} --wait`;
        const text = () => `Started ${id}. To wait for it: ${follow}. To see it: reign show ${id}`;
        return tell({ document: answer, text });
      }
      const shown = await perform(showOperation, session.context, { cycle: id });
      tell({
        document: answer,
        text: (look) => shownCycle(shown, look),
        exitCode: status === 'failed' || status === 'cancelled' ? exitCodes.cycleFailed : exitCodes.ok,
      });
    });
