import type { FitRequest } from '../schemas/payloads.ts';
import type { PlannedCycle, Snapshots, TryPlan } from '../schemas/steps.ts';

type Planned = Pick<PlannedCycle, 'definition' | 'codeHash'> & Pick<TryPlan, 'cycle' | 'windows' | 'fitTimeoutSeconds'>;

/** What every fit of a plan has in common. */
export function fitRequest(
  { cycle, definition, codeHash, windows, fitTimeoutSeconds }: Planned,
  { train, holdout }: Snapshots,
): Omit<FitRequest, 'run' | 'shuffleLabels'> {
  return {
    cycle,
    definition,
    codeHash,
    trainSnapshot: train.contentHash,
    holdoutSnapshot: holdout.contentHash,
    trainWindow: windows.train,
    holdoutWindow: windows.holdout,
    timeoutSeconds: fitTimeoutSeconds,
  };
}
