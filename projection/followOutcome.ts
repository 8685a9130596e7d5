import { endTogether } from './endTogether.ts';
import type { FollowedCycle, FollowWorld } from './followChampion.ts';
import { projectPart } from './projectPart.ts';
import { sweepStrays } from './sweepStrays.ts';
import { tagOutcome } from './tagOutcome.ts';

/** What the ledger says of one cycle, and that nothing is left over of it. */
export async function followOutcome({ tracker, ledger: { db } }: FollowWorld, cycle: FollowedCycle): Promise<void> {
  await projectPart(db, cycle, 'outcome', async () => {
    await endTogether([tagOutcome(tracker, db, cycle.id), sweepStrays(tracker, db, cycle.id)]);
  });
}
