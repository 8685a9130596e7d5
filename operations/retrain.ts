import { z } from 'zod';
import { cycleById } from '../ledger/cycles.ts';
import { warningsOf } from '../ledger/warnings.ts';
import { Cycle, triggers } from '../schemas/cycle.ts';
import { AskedLineage, Lineage } from '../schemas/lineage.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { awaitCycle, planCycle, startWorkflow } from './startCycle.ts';

export const retrainOperation = operation({
  name: 'retrain',
  description: 'start the cycle of a model for one asOf; join it if it is running, show it if it has a result',
  request: z.strictObject({
    model: z.string(),
    /** As a person writes it: `2001-02-12`, or an ISO 8601 time with zone. */
    asOf: z.string(),
    lineage: AskedLineage,
    trigger: z.enum(triggers).default('manual'),
    /** Whether to answer only when the cycle has ended, or waits for a person. */
    wait: z.boolean().default(false),
  }),
  answer: z.union([
    Cycle.extend({ warnings: z.array(z.string()) }),
    /** It was started, and the ledger does not know it yet. */
    z.strictObject({ id: z.string(), model: z.string(), lineage: Lineage, status: z.literal('running') }),
  ]),
  run: async (
    {
      ledger,
      temporal,
      actor,
      now,
      signal,
      onEvent,
    }: Pick<OperationContext, 'ledger' | 'temporal' | 'actor' | 'now' | 'signal' | 'onEvent'>,
    { wait, ...request },
  ) => {
    const { id, retrain, settled } = await planCycle(ledger, { ...request, actor, now: now() });
    const withWarnings = async (cycle: Cycle) => ({ ...cycle, warnings: await warningsOf(ledger.db, id) });
    if (settled !== undefined) return await withWarnings(settled);
    const client = await temporal();
    await startWorkflow(client, retrain);
    if (wait) return await withWarnings(await awaitCycle(client, ledger, id, { signal, onEvent }));
    const known = await cycleById(ledger.db, id);
    // A row that has ended tells of an attempt before this one.
    if (known?.endedAt === null) return await withWarnings(known);
    return { id, model: request.model, lineage: request.lineage, status: 'running' as const };
  },
});
