import { Command } from 'commander';
import { cyclesOf } from '../../ledger/cycles.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { ReignError } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { exitCodes } from '../exitCodes.ts';
import { findCycle } from '../findCycle.ts';
import { knownModel } from '../knownModel.ts';
import { renderVerified } from '../render/verify.ts';
import type { Session } from '../session.ts';
import { type VerifiedCycle, type VerifiedOutcome, worstOf } from '../verify/finding.ts';
import { verifyCycle } from '../verify/verifyCycle.ts';

export const verifyCommand = (session: Session, tell: Tell) =>
  new Command('verify')
    .description('recompute the evidence and the verdict of a cycle from what was stored, and say what differs')
    .argument('[cycle]', 'its id; or a model, followed by an asOf')
    .argument('[asOf]', 'the asOf of the cycle in the live lineage, such as 2001-02-12')
    .option('--all <model>', 'verify every cycle of this model that was judged')
    .action(async (name: string | undefined, asOf: string | undefined, { all }: { all?: string }) => {
      const cycles = await chosen(session, name, asOf, all);
      const verified = await verifyEach(session, cycles);
      const outcome = worstOf(verified.map((each) => each.outcome));
      tell({
        document: { outcome, cycles: verified },
        text: ({ paint }) => renderVerified(verified, paint),
        exitCode: exitCodeFor[outcome],
      });
    });

const exitCodeFor: Record<VerifiedOutcome, number> = {
  identical: exitCodes.ok,
  close: exitCodes.ok,
  impossible: exitCodes.unreachable,
  differs: exitCodes.disagrees,
};

async function chosen(session: Session, name?: string, asOf?: string, all?: string): Promise<Cycle[]> {
  if ((all === undefined) === (name === undefined))
    throw new ReignError('UsageInvalid', 'name a cycle, a model with an asOf, or --all MODEL');
  if (all === undefined) return [await findCycle(session.ledger, name ?? '', asOf)];
  await knownModel(session.ledger, all);
  const cycles = await cyclesOf(session.ledger.db, all, { limit: 100_000 });
  // A cycle that is not done may be judged while it is looked at.
  return cycles.filter(({ status }) => status !== 'running' && status !== 'waiting').reverse();
}

async function verifyEach({ ledger, store, tracker, progress, surroundings }: Session, cycles: readonly Cycle[]) {
  const trainer = surroundings.openPython('reign_trainer.recompute', surroundings.interrupted);
  try {
    const verified: VerifiedCycle[] = [];
    for (const [at, cycle] of cycles.entries()) {
      progress.at('recomputing', `${at + 1} of ${cycles.length}: ${cycle.id}`);
      verified.push(await verifyCycle({ ledger, store, trainer, tracker }, cycle));
    }
    return verified;
  } finally {
    await trainer.close();
  }
}
