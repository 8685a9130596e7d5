import { sleep, workflowInfo } from '@temporalio/workflow';
import type { RetrainRequest } from '../schemas/steps.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';

const shortest = 1;
/** Seconds. A cycle that waits for days asks rarely: every question stays in its history. */
const longest = 300;

/**
 * Waits until no other cycle of the lineage runs, and all with an earlier asOf have had their turn.
 *
 * @returns why the cycle is skipped where its schedule does not let it wait; else null
 */
export async function takeTurn(
  request: RetrainRequest,
  progress: ReturnType<typeof reportProgress>,
): Promise<string | null> {
  for (let pause = shortest; ; pause = Math.min(longest, pause * 2)) {
    const turn = await control.takeTurn(request, workflowInfo().runId);
    if (turn.kind === 'own') return null;
    if (turn.kind === 'skip') return turn.summary;
    progress.at('wait for its turn', turn.summary);
    await sleep(pause * 1000);
  }
}
