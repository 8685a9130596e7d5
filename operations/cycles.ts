import { z } from 'zod';
import { cyclesOf, lineagesWithCycles } from '../ledger/cycles.ts';
import { decidingChecks } from '../ledger/judgements.ts';
import { Cycle } from '../schemas/cycle.ts';
import { AskedLineage, Lineage } from '../schemas/lineage.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';

export const cyclesOperation = operation({
  name: 'cycles',
  description: 'list the cycles of a model, oldest asOf first',
  request: z.strictObject({
    model: z.string(),
    lineage: AskedLineage,
  }),
  answer: z.strictObject({
    model: z.string(),
    cycles: z.array(Cycle),
    /** The check that decided, by the cycle's id. */
    deciding: z.record(z.string(), z.string()),
    /** Other lines of champions in which the model has cycles. */
    others: z.array(Lineage),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { model, lineage }) => {
    await knownModel(ledger, model);
    const found = await cyclesOf(ledger.db, model, { lineage });
    const cycles = found.toSorted((a, b) => a.asOf.localeCompare(b.asOf) || a.definitionVersion - b.definitionVersion);
    const others = (await lineagesWithCycles(ledger.db, model)).filter((name) => name !== lineage);
    return { model, cycles, deciding: Object.fromEntries(await decidingChecks(ledger.db, model)), others };
  },
});
