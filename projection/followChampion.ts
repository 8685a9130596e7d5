import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { liveLineage } from '../schemas/lineage.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import { projectChampion } from './projectChampion.ts';
import { projectPart } from './projectPart.ts';

/** What following takes of the world. */
export interface FollowWorld {
  readonly tracker: Tracker;
  readonly ledger: { readonly db: Kysely<Database> };
}

/** The cycle that it is about: its end, or what became of its version. */
export interface FollowedCycle {
  readonly id: string;
  readonly model: string;
  readonly lineage: string;
}

/**
 * Only the alias: it follows the live lineage.
 *
 * @param patience seconds to wait while another process projects the same model. Default: 30
 */
export async function followChampion(
  { tracker, ledger: { db } }: FollowWorld,
  cycle: FollowedCycle,
  patience?: number,
): Promise<void> {
  if (cycle.lineage !== liveLineage) return;
  await projectPart(
    db,
    cycle,
    'champion',
    async () => void (await projectChampion(tracker, db, cycle.model, patience)),
  );
}
