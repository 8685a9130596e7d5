import { z } from 'zod';
import { cyclesOf } from '../ledger/cycles.ts';
import type { Cycle } from '../schemas/cycle.ts';
import type { OperationContext } from './context.ts';
import { CycleName } from './cycleName.ts';
import { findCycle } from './findCycle.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';
import { VerifiedCycle, VerifiedOutcome, worstOf } from './verify/finding.ts';
import { verifyCycle } from './verify/verifyCycle.ts';

type Needs = Pick<OperationContext, 'ledger' | 'store' | 'tracker' | 'python' | 'onEvent'>;

export const verifyOperation = operation({
  name: 'verify',
  description: 'recompute the evidence and the verdict of a cycle from what was stored, and say what differs',
  request: z.union([
    CycleName,
    z.strictObject({
      /** A model: every cycle of it that has ended, the oldest first. */
      all: z.string(),
    }),
  ]),
  answer: z.strictObject({
    /** The gravest of all. */
    outcome: VerifiedOutcome,
    cycles: z.array(VerifiedCycle),
  }),
  run: async (context: Needs, request) => {
    const { ledger, store, tracker, python, onEvent } = context;
    const cycles = 'all' in request ? await endedCycles(ledger, request.all) : [await findCycle(ledger, request)];
    const trainer = python('reign_trainer.recompute');
    try {
      const verified: VerifiedCycle[] = [];
      for (const [at, cycle] of cycles.entries()) {
        onEvent({ kind: 'step', step: 'recomputing', detail: `${at + 1} of ${cycles.length}: ${cycle.id}` });
        verified.push(await verifyCycle({ ledger, store, trainer, tracker }, cycle));
      }
      return { outcome: worstOf(verified.map((each) => each.outcome)), cycles: verified };
    } finally {
      await trainer.close();
    }
  },
});

async function endedCycles(ledger: Needs['ledger'], model: string): Promise<Cycle[]> {
  await knownModel(ledger, model);
  const cycles = await cyclesOf(ledger.db, model, { limit: 100_000 });
  // A cycle that is not done may be judged while it is looked at.
  return cycles.filter(({ status }) => status !== 'running' && status !== 'waiting').reverse();
}
