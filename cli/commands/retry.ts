import { Command } from 'commander';
import { ReignError } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { findCycle } from '../findCycle.ts';
import { runningWorkflow } from '../runningWorkflow.ts';
import type { Session } from '../session.ts';

export const retryCommand = (session: Session, tell: Tell) =>
  new Command('retry')
    .description('let a cycle that waits for a fault to be mended try again at once')
    .argument('<cycle>', 'its id, or a model together with an asOf')
    .argument('[asOf]', 'the asOf of a cycle of the live lineage, such as 2001-02-12')
    .action(async (name: string, asOf: string | undefined) => {
      const cycle = await findCycle(session.ledger, name, asOf);
      const { id, model, status } = cycle;
      if (cycle.endedAt !== null) {
        const again = `reign retrain ${model} --as-of ${cycle.asOf}`;
        throw new ReignError('UsageInvalid', `${id} has ended (${status}); a new attempt: ${again}`);
      }
      const workflow = await runningWorkflow(await session.client(), id);
      if (workflow === undefined)
        throw new ReignError('UsageInvalid', `no workflow of ${id} runs; reign cancel ends it, reign retrain goes on`);
      await workflow.signal('retry');
      tell({ document: cycle, text: () => `${id} tries again now. Follow it: reign show ${id}` });
    });
