import { workerQueue } from '../schemas/queues.ts';
import type { OperationContext } from './context.ts';
import { pollersOf } from './watch/awaitWorker.ts';
import { runningWorkflow } from './watch/runningWorkflow.ts';

/** What stands in the ledger stands: nobody waits longer for Temporal. */
const answerMilliseconds = 5000;

/**
 * Tells a cycle's workflow to look into the ledger: because somebody has decided, or because its turn may have come. False
 * where Temporal does not answer, or no worker listens.
 */
export async function wake(
  temporal: OperationContext['temporal'],
  cycle: string,
  signal: 'turn' | 'decided',
): Promise<boolean> {
  try {
    const client = await temporal();
    return await client.withDeadline(Date.now() + answerMilliseconds, async () => {
      const workflow = await runningWorkflow(client, cycle);
      if (workflow === undefined) return false;
      await workflow.signal(signal);
      return (await pollersOf(client, workerQueue)) > 0;
    });
  } catch {
    return false;
  }
}
