import { dueProjections, failProjection } from '../../ledger/pendingProjections.ts';
import { endTogether } from '../../projection/endTogether.ts';
import { type FollowedCycle, type FollowWorld, followChampion } from '../../projection/followChampion.ts';
import { followOutcome } from '../../projection/followOutcome.ts';
import { ReignError } from '../../schemas/errors.ts';
import type { World } from '../world.ts';

/**
 * Lets MLflow follow the ledger at the end of a cycle: the alias, and at the same time what was written and left of the cycle. What
 * MLflow refuses (a run or version that was deleted by hand, a registry that was reset) is an event `warning` and fails
 * nothing; it stays pending, and is tried again until it holds.
 */
export async function followLedger(world: FollowWorld, cycle: FollowedCycle): Promise<void> {
  await endTogether([followChampion(world, cycle), followOutcome(world, cycle)]);
}

/** Tries again what MLflow has not followed yet, of any cycle, where its time has come. */
export async function followPending(world: FollowWorld & Pick<World, 'log'>): Promise<void> {
  const { db } = world.ledger;
  for (const { cycle: id, model, lineage, part } of await dueProjections(db)) {
    const follow = part === 'champion' ? followChampion : followOutcome;
    try {
      await follow(world, { id, model, lineage });
    } catch (error) {
      if (!(error instanceof ReignError)) throw error;
      await failProjection(db, { cycle: id, model, part }, error.message);
      world.log.warn({ cycle: id, part, code: error.code }, 'MLflow does not follow the ledger yet');
    }
  }
}
