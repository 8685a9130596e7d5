import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sendNotification } from '../../notify/send.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { OperationContext } from '../context.ts';
import { operation } from '../operation.ts';

export const notifyTestOperation = operation({
  name: 'notify test',
  description: 'send a test to an endpoint, once, and say whether it arrived',
  request: z.strictObject({ endpoint: z.string() }),
  answer: z.strictObject({
    endpoint: z.string(),
    /** Of the test: the header webhook-id. */
    id: z.string(),
  }),
  run: async ({ endpoint: named, now }: Pick<OperationContext, 'endpoint' | 'now'>, { endpoint: name }) => {
    const id = `test_${randomUUID().replaceAll('-', '')}`;
    const at = now();
    const test = {
      ...{ id, endpoint: name, event: 'test' as const, model: null, cycle: null },
      at: at.toISOString(),
      facts: {},
    };
    const delivery = await sendNotification(await named(name), test, at);
    if (delivery.delivered) return { endpoint: name, id };
    throw errorOf('NotificationFailed', 'notDelivered', { endpoint: name, reason: delivery.reason });
  },
});
