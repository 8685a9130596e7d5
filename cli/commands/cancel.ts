import { Command } from 'commander';
import { cancelOperation } from '../../operations/cancel.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { cycleName, withCycleArguments } from '../cycleArguments.ts';
import type { Session } from '../session.ts';

export const cancelCommand = (session: Session, tell: Tell) =>
  withCycleArguments(new Command('cancel'))
    .description(cancelOperation.description)
    .requiredOption('--reason <text>', 'why; recorded in the ledger and on the run in MLflow')
    .action(async (name: string, asOf: string | undefined, options: { lineage: string; reason: string }) => {
      const { reason } = options;
      const ended = await perform(cancelOperation, session.context, { ...cycleName(name, asOf, options), reason });
      tell({ document: ended, text: () => `${ended.id}: ${ended.status}. ${ended.summary ?? ''}`.trim() });
    });
