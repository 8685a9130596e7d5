import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { cycleById } from '../ledger/cycles.ts';
import { storeRequest } from '../ledger/requests.ts';
import { Cycle } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { CancelRequest } from '../schemas/steps.ts';
import { askToEnd } from './askToEnd.ts';
import type { OperationContext } from './context.ts';
import { CycleName } from './cycleName.ts';
import { findCycle } from './findCycle.ts';
import { operation } from './operation.ts';

const pollMilliseconds = 500;
const patienceMilliseconds = 10_000;

type Needs = Pick<OperationContext, 'ledger' | 'temporal' | 'actor' | 'signal' | 'onEvent'>;

export const cancelOperation = operation({
  name: 'cancel',
  description: 'end a cycle that is running or waiting; a later retrain starts a new attempt',
  request: CycleName.extend({
    /** Recorded in the ledger and on the run in MLflow. */
    reason: z.string().min(1),
  }),
  answer: Cycle,
  run: async (context: Needs, { reason, ...name }) => {
    const cycle = await findCycle(context.ledger, name);
    if (cycle.endedAt !== null) throw errorOf('UsageInvalid', 'cycleEnded', { cycle: cycle.id, status: cycle.status });
    await storeRequest(context.ledger.db, {
      ...{ operation: 'cancel', actor: context.actor, model: cycle.model, reason },
      subject: { kind: 'cycle', id: cycle.id },
    });
    return await cancel(context, cycle, { by: context.actor.name, reason });
  },
});

async function cancel(context: Needs, cycle: Cycle, asked: CancelRequest): Promise<Cycle> {
  const { ledger, signal, onEvent } = context;
  const ending = await askToEnd(context, cycle, asked);
  if (ending.kind === 'ended') return ending.cycle;
  const { workflow } = ending;
  onEvent({ kind: 'step', step: 'cancel', detail: 'waiting until the cycle has ended' });
  for (;;) {
    const now = await cycleById(ledger.db, cycle.id);
    if (now !== undefined && (now.endedAt !== null || now.attempt > cycle.attempt)) {
      // A retrain that follows at once would join it while MLflow is still told.
      const closed = workflow.result().catch(() => {});
      await Promise.race([closed, sleep(patienceMilliseconds, undefined, { ref: false })]);
      return now;
    }
    if (signal.aborted) throw errorOf('Interrupted', 'cancelling', { cycle: cycle.id });
    await sleep(pollMilliseconds);
  }
}
