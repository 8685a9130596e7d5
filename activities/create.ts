import { approvalActivities } from './approval.ts';
import { chargeErrorActivities } from './chargeError.ts';
import { checkDefinitionActivities } from './checkDefinition.ts';
import { decideActivities } from './decide.ts';
import { asFailure } from './failures.ts';
import { inspectActivities } from './inspect.ts';
import { planActivities } from './plan.ts';
import { promoteActivities } from './promote.ts';
import { recordActivities } from './record.ts';
import { scheduledActivities } from './scheduled.ts';
import { trackActivities } from './track.ts';
import { tryActivities } from './try.ts';
import { waitingActivities } from './waiting.ts';
import type { World } from './world.ts';

/** All activities of the TypeScript worker, by the name that workflows call them. */
export function createActivities(world: World) {
  return asFailure({
    ...planActivities(world),
    ...inspectActivities(world),
    ...trackActivities(world),
    ...chargeErrorActivities(world),
    ...decideActivities(world),
    ...approvalActivities(world),
    ...promoteActivities(world),
    ...recordActivities(world),
    ...scheduledActivities(world),
    ...checkDefinitionActivities(world),
    ...tryActivities(world),
    ...waitingActivities(world),
  });
}

export type Activities = ReturnType<typeof createActivities>;
