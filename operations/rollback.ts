import { z } from 'zod';
import { overrideVerdict } from '../ledger/overrideVerdict.ts';
import { rollBack } from '../ledger/rollBack.ts';
import { ReignError } from '../schemas/errors.ts';
import { AskedLineage } from '../schemas/lineage.ts';
import { ChangedChampion, followed } from './changedChampion.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { presentModel } from './presentModel.ts';

export const rollbackOperation = operation({
  name: 'rollback',
  description: 'make an earlier champion the champion again; promotions then need a person until somebody resumes them',
  request: z.strictObject({
    model: z.string(),
    lineage: AskedLineage,
    /** The version that is to reign again. Default: the champion before the present one. */
    to: z.int().positive().optional(),
    /** Whether it may be a version that never reigned: against its verdict. */
    override: z.boolean().default(false),
    /** The epoch that the person saw reign: refused where another one reigns by now. */
    epoch: z.int().positive().optional(),
    /** Why. The ledger keeps it for ever. */
    reason: z.string().regex(/\S/, 'why, in words'),
  }),
  answer: ChangedChampion,
  run: async (
    context: Pick<OperationContext, 'ledger' | 'tracker' | 'temporal' | 'actor'>,
    { override, to, ...request },
  ) => {
    const { model, lineage } = request;
    await presentModel(context.ledger, model);
    const asked = { actor: context.actor };
    const { db } = context.ledger;
    const epoch = await rollBack(db, { ...request, to, asked }).catch((error: unknown) => {
      const isNew = error instanceof ReignError && error.situation === 'neverReigned';
      if (!isNew || !override || to === undefined) throw error;
      return overrideVerdict(db, { ...request, version: to, asked });
    });
    return await followed(context, { model, lineage, epoch });
  },
});
