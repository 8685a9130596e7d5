import type { Client } from '@temporalio/client';
import { admitActivities } from './admit.ts';
import { approvalActivities } from './approval.ts';
import { backfillActivities } from './backfill.ts';
import { challengeActivities } from './challenge.ts';
import { chargeErrorActivities } from './chargeError.ts';
import { checkDefinitionActivities } from './checkDefinition.ts';
import { contestActivities } from './contest.ts';
import { decideActivities } from './decide.ts';
import { asFailure } from './failures.ts';
import { inspectActivities } from './inspect.ts';
import { planActivities } from './plan.ts';
import { promoteActivities } from './promote.ts';
import { reconcileActivities } from './reconcile.ts';
import { recordActivities } from './record.ts';
import { scheduledActivities } from './scheduled.ts';
import { snapshotActivities } from './snapshot.ts';
import { trackActivities } from './track.ts';
import { tryActivities } from './try.ts';
import { waitingActivities } from './waiting.ts';
import type { World } from './world.ts';

/**
 * All activities of the TypeScript worker, by the name that workflows call them.
 *
 * @param client of the Temporal that the worker listens to
 */
export function createActivities(world: World, client: Client) {
  return asFailure({
    ...planActivities(world),
    ...contestActivities(world),
    ...admitActivities(world),
    ...snapshotActivities(world),
    ...challengeActivities(world),
    ...inspectActivities(world),
    ...trackActivities(world),
    ...chargeErrorActivities(world),
    ...decideActivities(world),
    ...approvalActivities(world),
    ...promoteActivities(world),
    ...recordActivities(world),
    ...scheduledActivities(world),
    ...backfillActivities(world),
    ...reconcileActivities(world, client),
    ...checkDefinitionActivities(world),
    ...tryActivities(world),
    ...waitingActivities(world),
  });
}

export type Activities = ReturnType<typeof createActivities>;
