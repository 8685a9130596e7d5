import { Command } from 'commander';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { findCycle } from '../findCycle.ts';
import { runningWorkflow } from '../runningWorkflow.ts';
import type { Session } from '../session.ts';

export const retryCommand = (session: Session, tell: Tell) =>
  new Command('retry')
    .description('try a cycle again at once that waits because something is down')
    .argument('<cycle>', 'its id; or a model, followed by an asOf')
    .argument('[asOf]', 'the asOf of the cycle in the live lineage, such as 2001-02-12')
    .action(async (name: string, asOf: string | undefined) => {
      const cycle = await findCycle(session.ledger, name, asOf);
      const { id, model, status } = cycle;
      if (cycle.endedAt !== null) {
        const again = `reign retrain ${model} --as-of ${cycle.asOf}`;
        throw errorOf('UsageInvalid', 'cycleEndedRetry', { cycle: id, status, command: again });
      }
      const workflow = await runningWorkflow(await session.client(), id);
      if (workflow === undefined) throw errorOf('UsageInvalid', 'noWorkflow', { cycle: id });
      await workflow.signal('retry');
      tell({ document: cycle, text: () => `${id} tries again now. Follow it: reign show ${id}` });
    });
