import { Cycle, commandAgain } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { OperationContext } from './context.ts';
import { CycleName } from './cycleName.ts';
import { findCycle } from './findCycle.ts';
import { operation } from './operation.ts';
import { runningWorkflow } from './watch/runningWorkflow.ts';

export const retryOperation = operation({
  name: 'retry',
  description: 'make a cycle that waits because something is down try again at once',
  request: CycleName,
  answer: Cycle,
  run: async ({ ledger, temporal }: Pick<OperationContext, 'ledger' | 'temporal'>, name) => {
    const cycle = await findCycle(ledger, name);
    const { id, status } = cycle;
    if (cycle.endedAt !== null) {
      throw errorOf('UsageInvalid', 'cycleEndedRetry', { cycle: id, status, command: commandAgain(cycle) });
    }
    const workflow = await runningWorkflow(await temporal(), id);
    if (workflow === undefined) throw errorOf('UsageInvalid', 'noWorkflow', { cycle: id });
    await workflow.signal('retry');
    return cycle;
  },
});
