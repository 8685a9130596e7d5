import { condition, continueAsNew, defineSignal, setHandler } from '@temporalio/workflow';
import type { StepDurations } from '../schemas/progress.ts';
import type { Outcome, RetrainRequest } from '../schemas/steps.ts';
import { attemptToken } from './attemptToken.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';

/** Tells a cycle that waits for its turn to look into the ledger: the one before it has ended, or given its turn up. */
export const turnSignal = defineSignal('turn');

/** Each look leaves about ten events. After so many the cycle continues as a new run, with an empty history. */
const looksPerRun = 100;

/**
 * Waits until no other cycle of the lineage runs, and all with an earlier asOf have had their turn.
 *
 * @returns why the cycle is skipped where its schedule does not let it wait; else null
 */
export async function takeTurn(
  request: RetrainRequest,
  progress: ReturnType<typeof reportProgress>,
): Promise<string | null> {
  let told = 0;
  setHandler(turnSignal, () => {
    told += 1;
  });
  for (let looks = 0; looks < looksPerRun; looks++) {
    const heard = told;
    const turn = await control.takeTurn(request, attemptToken());
    if (turn.kind === 'own') return null;
    if (turn.kind === 'skip') return turn.summary;
    progress.at('wait for its turn', turn.summary);
    await condition(() => told > heard, turn.lookAgain * 1000);
  }
  return await continueAsNew<(request: RetrainRequest, before: StepDurations, token: string) => Promise<Outcome>>(
    request,
    progress.durations(),
    attemptToken(),
  );
}
