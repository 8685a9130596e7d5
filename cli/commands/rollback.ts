import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { rollbackOperation } from '../../operations/rollback.ts';
import type { Tell } from '../answer.ts';
import { changedChampionText } from '../changedChampion.ts';
import { lineageOption } from '../cycleArguments.ts';
import { wholeNumber } from '../numberArguments.ts';
import type { Session } from '../session.ts';

interface RollbackOptions {
  readonly to?: number;
  readonly epoch?: number;
  readonly override?: boolean;
  readonly lineage: string;
  readonly reason: string;
}

export const rollbackCommand = (session: Session, tell: Tell) =>
  new Command('rollback')
    .description(rollbackOperation.description)
    .argument('<model>', 'such as flight-delay')
    .option('--to <version>', 'the version that is to reign again (default: the champion before this one)', wholeNumber)
    .option('--override', 'also if that version was never champion: against its verdict')
    .option('--epoch <number>', 'only if this epoch still reigns', wholeNumber)
    .addOption(lineageOption())
    .requiredOption('--reason <text>', 'why; stays in the ledger')
    .action(async (model: string, { to, epoch, override, lineage, reason }: RollbackOptions) => {
      const request = { model, to, epoch, override, lineage, reason };
      const answer = await perform(rollbackOperation, session.context, request);
      tell({ document: answer, text: () => changedChampionText(answer) });
    });
