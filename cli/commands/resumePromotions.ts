import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { resumePromotionsOperation } from '../../operations/resumePromotions.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { formatTime } from '../render/times.ts';
import type { Session } from '../session.ts';

export const resumePromotionsCommand = (session: Session, tell: Tell) =>
  new Command('resume-promotions')
    .description(resumePromotionsOperation.description)
    .argument('<model>', 'such as flight-delay')
    .addOption(lineageOption())
    .requiredOption('--reason <text>', 'why; stays in the ledger')
    .action(async (model: string, { lineage, reason }: { lineage: string; reason: string }) => {
      const answer = await perform(resumePromotionsOperation, session.context, { model, lineage, reason });
      const { since, by } = answer.held;
      tell({
        document: answer,
        text: () =>
          `${model}: the gate promotes by itself again. Since the rollback of ${formatTime(since)} by ${by}, promotions needed a person.`,
      });
    });
