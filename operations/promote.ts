import { z } from 'zod';
import { overrideVerdict } from '../ledger/overrideVerdict.ts';
import { errorOf } from '../schemas/errors.ts';
import { AskedLineage } from '../schemas/lineage.ts';
import { Hash } from '../schemas/primitives.ts';
import { ChangedChampion, followed } from './changedChampion.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { presentModel } from './presentModel.ts';

export const promoteOperation = operation({
  name: 'promote',
  description: 'make a version champion against the verdict keep or insufficient; this stays visible as an override',
  request: z.strictObject({
    model: z.string(),
    lineage: AskedLineage,
    version: z.int().positive(),
    /** Said aloud: this is against the verdict. Nothing else is promoted by this operation. */
    override: z.boolean().default(false),
    /** The epoch that the person saw reign: refused where another one reigns by now. */
    epoch: z.int().nonnegative().optional(),
    /** The hash of the evidence that the person saw. Default: that of the version's last judgement. */
    evidence: Hash.optional(),
    /** Why. The ledger keeps it for ever. */
    reason: z.string().regex(/\S/, 'why, in words'),
  }),
  answer: ChangedChampion,
  run: async (
    context: Pick<OperationContext, 'ledger' | 'tracker' | 'temporal' | 'actor'>,
    { override, ...request },
  ) => {
    const { model, lineage } = request;
    await presentModel(context.ledger, model);
    if (!override) throw errorOf('OverrideRefused', 'notAsked', { model });
    const epoch = await overrideVerdict(context.ledger.db, { ...request, asked: { actor: context.actor } });
    return await followed(context, { model, lineage, epoch });
  },
});
