import type { Definition } from '../schemas/definition.ts';
import type { FitRequest } from '../schemas/payloads.ts';
import type { PlannedCycle, Snapshots, TryPlan } from '../schemas/steps.ts';

/** Whom a fit waits for where not every trainer takes it. */
export const trainersFor = ({ resources }: Pick<Definition, 'resources'>): string | undefined =>
  resources?.class === undefined ? undefined : `by a trainer of the class ${resources.class}`;

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
