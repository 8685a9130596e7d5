import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { event } from '../../ledger/events.ts';
import {
  dueProjections,
  expectProjection,
  failProjection,
  type ProjectedPart,
  settleProjection,
} from '../../ledger/pendingProjections.ts';
import { ReignError } from '../../schemas/errors.ts';
import type { World } from '../world.ts';
import { projectChampion } from './projectChampion.ts';
import { sweepStrays } from './sweepStrays.ts';
import { tagOutcome } from './tagOutcome.ts';

/** What following takes of the world. */
export type FollowWorld = Pick<World, 'tracker'> & { readonly ledger: Pick<World['ledger'], 'db'> };

interface FollowedCycle {
  readonly id: string;
  readonly model: string;
  readonly lineage: string;
}

/**
 * Lets MLflow follow the ledger at the end of a cycle: the alias, and at the same time what was written and left of the cycle. What
 * MLflow refuses (a run or version that was deleted by hand, a registry that was reset) is an event `warning` and fails
 * nothing; it stays pending, and is tried again until it holds.
 */
export async function followLedger(world: FollowWorld, cycle: FollowedCycle): Promise<void> {
  const followed = await Promise.allSettled([followChampion(world, cycle), followOutcome(world, cycle)]);
  for (const one of followed) if (one.status === 'rejected') throw one.reason;
}

/** Only the alias: it follows the live lineage. */
export async function followChampion({ tracker, ledger: { db } }: FollowWorld, cycle: FollowedCycle): Promise<void> {
  if (cycle.lineage !== 'live') return;
  await project(db, cycle, 'champion', () => projectChampion(tracker, db, cycle.model));
}

/** What the ledger says of one cycle, and that nothing is left over of it. */
async function followOutcome({ tracker, ledger: { db } }: FollowWorld, cycle: FollowedCycle): Promise<void> {
  await project(db, cycle, 'outcome', async () => {
    const followed = await Promise.allSettled([tagOutcome(tracker, db, cycle.id), sweepStrays(tracker, db, cycle.id)]);
    for (const one of followed) if (one.status === 'rejected') throw one.reason;
  });
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

async function project(
  db: Kysely<Database>,
  { id: cycle, model }: FollowedCycle,
  part: ProjectedPart,
  follow: () => Promise<void>,
): Promise<void> {
  await expectProjection(db, { cycle, model, part });
  try {
    await follow();
  } catch (error) {
    if (!(error instanceof ReignError) || error.code !== 'TrackerRefused') throw error;
    const { message: warning } = error;
    await failProjection(db, { cycle, model, part }, warning);
    await event(db, { model, cycle, kind: 'warning', detail: { warning }, key: warning });
    return;
  }
  await settleProjection(db, { cycle, model, part });
}
