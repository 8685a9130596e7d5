import { z } from 'zod';
import { heldPromotions, resumePromotions } from '../ledger/heldPromotions.ts';
import { errorOf } from '../schemas/errors.ts';
import { AskedLineage, Lineage } from '../schemas/lineage.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { presentModel } from './presentModel.ts';
import { wakeAskers } from './wakeAskers.ts';

export const resumePromotionsOperation = operation({
  name: 'resume-promotions',
  description: 'let the gate promote by itself again after a rollback',
  request: z.strictObject({
    model: z.string(),
    lineage: AskedLineage,
    /** Why. The ledger keeps it for ever. */
    reason: z.string().regex(/\S/, 'why, in words'),
  }),
  answer: z.strictObject({
    model: z.string(),
    lineage: Lineage,
    /** The rollback that held them. */
    held: z.strictObject({ epoch: z.int(), since: z.string(), by: z.string(), reason: z.string() }),
    by: z.string(),
    reason: z.string(),
  }),
  run: async (
    { ledger, temporal, actor }: Pick<OperationContext, 'ledger' | 'temporal' | 'actor'>,
    { model, lineage, reason },
  ) => {
    const { version: definitionVersion } = await presentModel(ledger, model);
    const held = await heldPromotions(ledger.db, { model, lineage, definitionVersion });
    if (held === undefined) throw errorOf('PromotionsNotHeld', 'notHeld', { model, lineage });
    await resumePromotions(ledger.db, { model, lineage, epoch: held.epoch, reason, actor });
    // Those that ask only because of the rollback need no person any more.
    await wakeAskers({ ledger, temporal }, { model, lineage });
    return { model, lineage, held, by: actor.name, reason };
  },
});
