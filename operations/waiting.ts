import { z } from 'zod';
import { unendedCycles } from '../ledger/cycles.ts';
import { judgementsOf } from '../ledger/judgements.ts';
import { openProposals } from '../ledger/rollbackProposals.ts';
import { lastQuestion } from '../ledger/waiting.ts';
import { Cycle } from '../schemas/cycle.ts';
import type { OperationContext } from './context.ts';
import { ShownProposal, shownProposal } from './decideProposal.ts';
import { operation } from './operation.ts';

export const waitingOperation = operation({
  name: 'waiting',
  description:
    'list what waits: cycles for a person, for rows or for a fault to be fixed, and rollbacks that are proposed',
  request: z.strictObject({
    /** Default: of every model. */
    model: z.string().optional(),
  }),
  answer: z.strictObject({
    /** Rollbacks that the gate proposes: a person approves or rejects them by their id. */
    proposals: z.array(ShownProposal),
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
            /** What the gate said. */
            verdict: z.string(),
          })
          .nullable(),
      }),
    ),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { model }) => {
    const cycles = [];
    for (const cycle of await unendedCycles(ledger.db)) {
      if (cycle.status !== 'waiting' || (model !== undefined && cycle.model !== model)) continue;
      const question = cycle.waitsFor === 'person' ? await lastQuestion(ledger.db, cycle.id) : undefined;
      const judgement = (await judgementsOf(ledger.db, cycle.id)).find(({ number }) => number === question?.number);
      const asked = question && { ...question, verdict: judgement?.verdict.summary ?? '' };
      cycles.push({ ...cycle, question: asked ?? null });
    }
    return { cycles, proposals: (await openProposals(ledger.db, model)).map(shownProposal) };
  },
});
