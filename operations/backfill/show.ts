import { z } from 'zod';
import type { OperationContext } from '../context.ts';
import { operation } from '../operation.ts';
import { BackfillShown, shownBackfill } from './shown.ts';

export const showBackfillOperation = operation({
  name: 'backfill show',
  description: 'show a backfill: each date with its verdict and the champion after it, and how long the rest will take',
  request: z.strictObject({ id: z.string() }),
  answer: BackfillShown,
  run: async ({ ledger, now }: Pick<OperationContext, 'ledger' | 'now'>, { id }) =>
    await shownBackfill(ledger.db, id, now()),
});
