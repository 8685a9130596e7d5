import { windowsOf } from '../gate/windows.ts';
import type { Champion } from '../ledger/champions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { promote } from '../ledger/promote.ts';
import { followChampion } from '../projection/followChampion.ts';
import { errorOf } from '../schemas/errors.ts';
import type { CycleIdentity } from '../schemas/payloads.ts';
import type { ChampionToBeat, PromotionRequest, PromotionResult } from '../schemas/steps.ts';
import { championToBeat } from './championToBeat.ts';
import { planQueries } from './planQueries.ts';
import { wakeCyclesThatAsk } from './wake.ts';
import type { World } from './world.ts';

export const promoteActivities = (world: World) => ({
  /** One INSERT into the ledger, then the projections. Who was promoted since the judgement is answered, not overwritten. */
  async promote({ cycle, number, epoch, version, reason, decision }: PromotionRequest): Promise<PromotionResult> {
    const { db } = world.ledger;
    const result = await promote(db, { cycle: cycle.id, judgementNumber: number, epoch, version, reason, decision });
    if (result.outcome === 'conflict')
      return { outcome: 'conflict', champion: await conflictingChampion(world, cycle, result.champion) };
    // They were judged against the champion before.
    await wakeCyclesThatAsk(db, cycle);
    await followChampion(world, cycle);
    return { outcome: 'promoted', epoch: result.epoch };
  },
});

/** Who began to reign after a judgement, with what judging the cycle's challenger against it takes. */
export async function conflictingChampion(
  world: World,
  cycle: CycleIdentity,
  champion: Champion,
): Promise<ChampionToBeat> {
  const stored = await definitionVersion(world.ledger.db, cycle.model, cycle.definitionVersion);
  if (stored === undefined)
    throw errorOf('LedgerConflict', 'definitionLost', { version: cycle.definitionVersion, model: cycle.model });
  const windows = windowsOf(cycle.asOf, stored.definition.windows);
  const { holdout } = await planQueries(world, stored.definition, windows, cycle.asOf);
  return await championToBeat(world, champion, windows.holdout, {
    definition: stored.definition,
    asOf: cycle.asOf,
    holdoutQuery: holdout,
  });
}
