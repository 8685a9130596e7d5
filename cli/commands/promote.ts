import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { promoteOperation } from '../../operations/promote.ts';
import type { Tell } from '../answer.ts';
import { changedChampionText } from '../changedChampion.ts';
import { lineageOption } from '../cycleArguments.ts';
import { wholeNumber } from '../numberArguments.ts';
import type { Session } from '../session.ts';

interface PromoteOptions {
  readonly version: number;
  readonly override?: boolean;
  readonly evidence?: string;
  readonly lineage: string;
  readonly reason: string;
}

export const promoteCommand = (session: Session, tell: Tell) =>
  new Command('promote')
    .description(promoteOperation.description)
    .argument('<model>', 'such as flight-delay')
    .requiredOption('--version <number>', 'the version that is to reign', wholeNumber)
    .option('--override', 'confirms that this is against the verdict')
    .option('--evidence <hash>', 'only if its last judgement rests on this evidence')
    .addOption(lineageOption())
    .requiredOption('--reason <text>', 'why; stays in the ledger')
    .action(async (model: string, { version, override, evidence, lineage, reason }: PromoteOptions) => {
      const request = { model, version, override, evidence, lineage, reason };
      const answer = await perform(promoteOperation, session.context, request);
      tell({ document: answer, text: () => changedChampionText(answer) });
    });
