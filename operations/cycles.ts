import { z } from 'zod';
import { cyclesOf } from '../ledger/cycles.ts';
import { decidingChecks } from '../ledger/judgements.ts';
import { Cycle } from '../schemas/cycle.ts';
import { Lineage } from '../schemas/lineage.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';

export const cyclesOperation = operation({
  name: 'cycles',
  description: 'list the cycles of a model, oldest asOf first',
  request: z.strictObject({
    model: z.string(),
    /** Default: all. */
    lineage: Lineage.optional(),
  }),
  answer: z.strictObject({
    model: z.string(),
    cycles: z.array(Cycle),
    /** The check that decided, by the cycle's id. */
    deciding: z.record(z.string(), z.string()),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { model, lineage }) => {
    await knownModel(ledger, model);
    const found = await cyclesOf(ledger.db, model, lineage === undefined ? {} : { lineage });
    const cycles = found.toSorted((a, b) => a.asOf.localeCompare(b.asOf) || a.definitionVersion - b.definitionVersion);
    return { model, cycles, deciding: Object.fromEntries(await decidingChecks(ledger.db, model)) };
  },
});
