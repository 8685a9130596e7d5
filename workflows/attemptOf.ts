import type { CycleAttempt, PlannedCycle } from '../schemas/steps.ts';

/** In whose name the steps of a plan write. */
export const attemptOf = ({ cycle, attempt }: PlannedCycle): CycleAttempt => ({ ...cycle, attempt });
