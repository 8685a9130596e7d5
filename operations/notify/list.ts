import { z } from 'zod';
import { undeliveredNotifications } from '../../ledger/notifications.ts';
import { UndeliveredNotification } from '../../schemas/notifications.ts';
import type { OperationContext } from '../context.ts';
import { operation } from '../operation.ts';

export const notifyListOperation = operation({
  name: 'notify list',
  description: 'list the notifications that have not arrived: those that were given up, and those that are tried again',
  request: z.strictObject({}),
  answer: z.strictObject({ notifications: z.array(UndeliveredNotification) }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>) => ({
    notifications: await undeliveredNotifications(ledger.db),
  }),
});
