import { z } from 'zod';
import { retryNotifications } from '../../ledger/notifications.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { OperationContext } from '../context.ts';
import { operation } from '../operation.ts';

export const notifyRetryOperation = operation({
  name: 'notify retry',
  description: 'have notifications that have not arrived tried again, for another day',
  request: z.strictObject({
    /** Default: every one that `notify list` shows. */
    id: z.string().optional(),
  }),
  answer: z.strictObject({
    /** Those that a worker tries now. */
    ids: z.array(z.string()),
  }),
  run: async ({ ledger, actor }: Pick<OperationContext, 'ledger' | 'actor'>, { id }) => {
    const ids = await ledger.db.transaction().execute(async (transaction) => {
      const retried = await retryNotifications(transaction, id === undefined ? undefined : [id]);
      for (const each of retried)
        await storeRequest(transaction, {
          ...{ operation: 'notify-retry', actor, model: null },
          subject: { kind: 'notification', id: each },
        });
      return retried;
    });
    if (id !== undefined && ids.length === 0)
      throw errorOf('UsageInvalid', 'notificationUnknown', { id: JSON.stringify(id.slice(0, 63)) });
    return { ids };
  },
});
