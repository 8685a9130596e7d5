import { Command } from 'commander';
import { counted } from '../../gate/numbers.ts';
import { deleteOperation } from '../../operations/delete.ts';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import type { Session } from '../session.ts';

export const deleteCommand = (session: Session, tell: Tell) =>
  new Command('delete')
    .description(deleteOperation.description)
    .argument('<model>', 'such as flight-delay')
    .requiredOption('--reason <text>', 'recorded in the ledger, with your name')
    .option('--force', 'delete the model even if it has had a champion')
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .option('--yes', 'do not ask for confirmation on a terminal')
    .addHelpText(
      'after',
      '\nThe ledger keeps the history of the model, and records who deleted it and why.\nIf you apply the model again, it gets a new definition version.',
    )
    .action(async (model: string, { reason, force, dryRun, yes }: DeleteOptions) => {
      const { context, progress, surroundings } = session;
      const request = { model, reason, force };
      const planned = await perform(deleteOperation, context, { ...request, dryRun: true });
      if (dryRun === true) return tell({ document: planned, text: () => `Would delete ${whatOf(planned)}.` });
      if (yes !== true && surroundings.ask !== undefined) {
        progress.say(`Deletes ${whatOf(planned)}. This cannot be undone.`);
        const found = (await surroundings.ask(`Type the name of the model to continue: `)).trim();
        if (found !== model) throw errorOf('UsageInvalid', 'notConfirmed', { found: JSON.stringify(found), model });
      }
      const answer = await perform(deleteOperation, context, request);
      tell({ document: answer, text: () => `Deleted ${whatOf(answer)}. The ledger keeps its history.` });
    });

interface DeleteOptions {
  readonly reason: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

function whatOf({ model, cycles, versions, objects }: AnswerOf<typeof deleteOperation>): string {
  const made = `${counted(versions, 'version')} with their runs in MLflow and ${counted(objects, 'object')} in the store`;
  return `${model} (${counted(cycles, 'cycle')}): ${made}`;
}
