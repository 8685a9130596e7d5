import { z } from 'zod';
import { storeRequest } from '../ledger/requests.ts';
import { instantOf } from '../schemas/durations.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { planCycle, startWorkflow } from './startCycle.ts';

export const runNowOperation = operation({
  name: 'schedule-run-now',
  description: 'start a cycle with the present second as its asOf, besides the schedule',
  request: z.strictObject({
    model: z.string(),
    /** Recorded in the ledger. */
    reason: z.string().regex(/\S/, 'expected a reason'),
  }),
  answer: z.strictObject({ cycle: z.string() }),
  run: async (
    { ledger, temporal, actor, now }: Pick<OperationContext, 'ledger' | 'temporal' | 'actor' | 'now'>,
    { model, reason },
  ) => {
    const asOf = instantOf(Math.floor(now().getTime() / 1000) * 1000);
    const planned = await planCycle(ledger, { model, asOf, lineage: 'live', trigger: 'manual', actor, now: now() });
    const client = await temporal();
    const subject = { kind: 'cycle', id: planned.id };
    await storeRequest(ledger.db, { operation: 'schedule-run-now', actor, model, reason, subject });
    await startWorkflow(client, planned.retrain);
    return { cycle: planned.id };
  },
});
