import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { retryOperation } from '../../operations/retry.ts';
import type { Tell } from '../answer.ts';
import { cycleName, withCycleArguments } from '../cycleArguments.ts';
import type { Session } from '../session.ts';

export const retryCommand = (session: Session, tell: Tell) =>
  withCycleArguments(new Command('retry'))
    .description(retryOperation.description)
    .action(async (name: string, asOf: string | undefined, options: { lineage: string }) => {
      const cycle = await perform(retryOperation, session.context, cycleName(name, asOf, options));
      tell({ document: cycle, text: () => `${cycle.id} tries again now. Follow it: reign show ${cycle.id}` });
    });
