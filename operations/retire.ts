import { z } from 'zod';
import { unendedCycles } from '../ledger/cycles.ts';
import { retirementOf, storeRetirement } from '../ledger/retirements.ts';
import { schedulePeriods } from '../ledger/schedulePeriods.ts';
import { matchSchedule } from '../orchestrator/matchSchedule.ts';
import { errorOf } from '../schemas/errors.ts';
import { askToEnd } from './askToEnd.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { presentModel } from './presentModel.ts';

export const retireOperation = operation({
  name: 'retire',
  description: 'stop retraining a model; its champion and its history stay',
  request: z.strictObject({
    model: z.string(),
    /** Why. The ledger keeps it for ever. */
    reason: z.string().regex(/\S/, 'why, in words'),
  }),
  answer: z.strictObject({
    model: z.string(),
    /** The newest one: a later version ends the retirement. */
    definitionVersion: z.int(),
    /** False: it was retired before, and what was left to do has been done. */
    changed: z.boolean(),
    by: z.string(),
    reason: z.string(),
    at: z.string(),
    /** Whether a schedule was deleted in Temporal. */
    scheduleDeleted: z.boolean(),
    /** The cycles that had not ended, by id: they end as cancelled. */
    cancelled: z.array(z.string()),
  }),
  run: async (
    { ledger, temporal, actor }: Pick<OperationContext, 'ledger' | 'temporal' | 'actor'>,
    { model, reason },
  ) => {
    const { db } = ledger;
    const { version: definitionVersion } = await presentModel(ledger, model);
    const changed = await storeRetirement(db, { model, definitionVersion, reason, actor });
    const retirement = await retirementOf(db, model, definitionVersion);
    if (retirement === undefined)
      throw errorOf('LedgerConflict', 'definitionLost', { version: definitionVersion, model });
    const hadSchedule = (await schedulePeriods(db, model)).length > 0;
    const schedule = hadSchedule ? await matchSchedule({ ledger, client: await temporal(), actor }, model) : 'none';
    const cancelled = (await unendedCycles(db)).filter((cycle) => cycle.model === model);
    const asked = { by: retirement.by, reason: `${model} was retired: ${retirement.reason}` };
    for (const cycle of cancelled) await askToEnd({ ledger, temporal }, cycle, asked);
    return {
      ...{ model, definitionVersion, changed, by: retirement.by, reason: retirement.reason, at: retirement.at },
      ...{ scheduleDeleted: schedule === 'deleted', cancelled: cancelled.map(({ id }) => id) },
    };
  },
});
