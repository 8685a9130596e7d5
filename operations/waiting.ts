import { z } from 'zod';
import { unendedCycles } from '../ledger/cycles.ts';
import { lastQuestion } from '../ledger/waiting.ts';
import { Cycle } from '../schemas/cycle.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';

export const waitingOperation = operation({
  name: 'waiting',
  description: 'list the cycles that wait: for a person to decide, or for a fault to be fixed',
  request: z.strictObject({
    /** Default: of every model. */
    model: z.string().optional(),
  }),
  answer: z.strictObject({
    cycles: z.array(
      Cycle.extend({
        /** What a person is asked; null where it waits for something else. */
        question: z
          .strictObject({
            /** Of the cycle's judgement. */
            number: z.int(),
            /** Who may decide; nobody named: everybody. */
            approvers: z.array(z.string()).readonly(),
            askedAt: z.string(),
            until: z.string(),
            /** How often it has been asked. */
            round: z.int(),
          })
          .nullable(),
      }),
    ),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { model }) => {
    const cycles = [];
    for (const cycle of await unendedCycles(ledger.db)) {
      if (cycle.status !== 'waiting' || (model !== undefined && cycle.model !== model)) continue;
      const question = cycle.waitsFor === 'person' ? ((await lastQuestion(ledger.db, cycle.id)) ?? null) : null;
      cycles.push({ ...cycle, question });
    }
    return { cycles };
  },
});
