import { Command } from 'commander';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import { retireOperation } from '../../operations/retire.ts';
import type { Tell } from '../answer.ts';
import { formatTime } from '../render/times.ts';
import type { Session } from '../session.ts';

export const retireCommand = (session: Session, tell: Tell) =>
  new Command('retire')
    .description(retireOperation.description)
    .argument('<model>', 'such as flight-delay')
    .requiredOption('--reason <text>', 'why; stays in the ledger')
    .addHelpText('after', '\nTo retrain the model again, apply its definition: it gets a new version.')
    .action(async (model: string, { reason }: { reason: string }) => {
      const answer = await perform(retireOperation, session.context, { model, reason });
      tell({ document: answer, text: () => textOf(answer) });
    });

function textOf({
  model,
  changed,
  by,
  reason,
  at,
  scheduleDeleted,
  cancelled,
}: AnswerOf<typeof retireOperation>): string {
  const lines = [
    changed
      ? `${model} is retired: no cycle starts any more. Its champion and its history stay.`
      : `${model} was already retired by ${by} at ${formatTime(at)}: ${reason}`,
  ];
  if (scheduleDeleted) lines.push('Its schedule was deleted.');
  if (cancelled.length > 0) lines.push(`Cancelled: ${cancelled.join(', ')}`);
  return lines.join('\n');
}
