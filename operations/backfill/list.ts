import { z } from 'zod';
import { backfillsOf } from '../../ledger/backfills.ts';
import { Backfill } from '../../schemas/backfill.ts';
import type { OperationContext } from '../context.ts';
import { knownModel } from '../knownModel.ts';
import { operation } from '../operation.ts';

export const listBackfillsOperation = operation({
  name: 'backfill list',
  description: 'list backfills and plans of backfills, the newest first',
  /** Null: of every model. */
  request: z.strictObject({ model: z.string().nullable().default(null) }),
  answer: z.strictObject({ backfills: z.array(Backfill) }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { model }) => {
    if (model !== null) await knownModel(ledger, model);
    return { backfills: await backfillsOf(ledger.db, model) };
  },
});
