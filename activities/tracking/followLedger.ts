import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { event } from '../../ledger/events.ts';
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
 * Lets MLflow follow the ledger at the end of a cycle: the alias first, then what was written and left of the cycle. What
 * MLflow refuses (a run or version that was deleted by hand, a registry that was reset) is an event `warning` and fails nothing.
 */
export async function followLedger({ tracker, ledger: { db } }: FollowWorld, cycle: FollowedCycle): Promise<void> {
  await followChampion({ tracker, ledger: { db } }, cycle);
  await Promise.all([
    warnWhereRefused(db, cycle, () => tagOutcome(tracker, db, cycle.id)),
    warnWhereRefused(db, cycle, () => sweepStrays(tracker, db, cycle.id)),
  ]);
}

/** Only the alias: it follows the live lineage. */
export async function followChampion({ tracker, ledger: { db } }: FollowWorld, cycle: FollowedCycle): Promise<void> {
  if (cycle.lineage !== 'live') return;
  await warnWhereRefused(db, cycle, () => projectChampion(tracker, db, cycle.model));
}

async function warnWhereRefused(
  db: Kysely<Database>,
  { id, model }: FollowedCycle,
  follow: () => Promise<void>,
): Promise<void> {
  try {
    await follow();
  } catch (error) {
    if (!(error instanceof ReignError) || error.code !== 'TrackerRefused') throw error;
    const { message: warning } = error;
    await event(db, { model, cycle: id, kind: 'warning', detail: { warning }, key: warning });
  }
}
