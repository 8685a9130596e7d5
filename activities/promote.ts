import { windowsOf } from '../gate/windows.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { promote } from '../ledger/promote.ts';
import { errorOf } from '../schemas/errors.ts';
import type { PromotionRequest, PromotionResult } from '../schemas/steps.ts';
import { championToBeat } from './championToBeat.ts';
import { planQueries } from './planQueries.ts';
import { followChampion } from './tracking/followLedger.ts';
import type { World } from './world.ts';

export const promoteActivities = (world: World) => ({
  /** One INSERT into the ledger, then the projections. Who was promoted since the judgement is answered, not overwritten. */
  async promote({ cycle, number, epoch, version, reason, decision }: PromotionRequest): Promise<PromotionResult> {
    const { db } = world.ledger;
    const result = await promote(db, { cycle: cycle.id, judgementNumber: number, epoch, version, reason, decision });
    if (result.outcome !== 'conflict') {
      await followChampion(world, cycle);
      return { outcome: 'promoted', epoch: result.epoch };
    }
    const stored = await definitionVersion(db, cycle.model, cycle.definitionVersion);
    if (stored === undefined)
      throw errorOf('LedgerConflict', 'definitionLost', { version: cycle.definitionVersion, model: cycle.model });
    const windows = windowsOf(cycle.asOf, stored.definition.windows);
    const { holdout } = await planQueries(world, stored.definition, windows, cycle.asOf);
    return {
      outcome: 'conflict',
      champion: await championToBeat(world, result.champion, windows.holdout, {
        definition: stored.definition,
        asOf: cycle.asOf,
        holdoutQuery: holdout,
      }),
    };
  },
});
