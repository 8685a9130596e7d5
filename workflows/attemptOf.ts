import type { CycleAttempt, PlannedCycle } from '../schemas/steps.ts';

/** The attempt that the steps of a plan write for. */
export const attemptOf = ({ cycle, attempt }: PlannedCycle): CycleAttempt => ({ ...cycle, attempt });
