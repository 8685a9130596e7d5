import { Command } from 'commander';
import { cycleById } from '../../ledger/cycles.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import { warningsOf } from '../../ledger/warnings.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { Tell } from '../answer.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderCycle } from '../render/cycle.ts';
import type { Session } from '../session.ts';
import { awaitCycle, planCycle, startWorkflow } from '../startCycle.ts';
import { readEvidence } from '../storedDocuments.ts';

export const retrainCommand = (session: Session, tell: Tell) =>
  new Command('retrain')
    .description('start the cycle of a model for one asOf; join it if it is running, show it if it is settled')
    .argument('<model>', 'such as flight-delay')
    .requiredOption('--as-of <time>', 'a date (midnight UTC) or a time with a zone, such as 2001-02-12')
    .option('--wait', 'wait until the cycle ends, and show it; exit code 4 if it failed')
    .action(async (model: string, { asOf, wait }: { asOf: string; wait?: boolean }) => {
      const { ledger, surroundings, progress } = session;
      const plan = await planCycle(ledger, { model, asOf, trigger: 'manual', now: surroundings.now() });
      if (plan.settled !== undefined) return await tellCycle(session, tell, plan.settled);
      const client = await session.client();
      await startWorkflow(client, plan.retrain);
      if (!wait) {
        const { id } = plan;
        const known = await cycleById(ledger.db, id);
        // A row that has ended tells of an attempt before this one.
        const cycle = known?.endedAt === null ? known : undefined;
        const follow = `reign retrain ${model} --as-of ${asOf} --wait`;
        return tell({
          document: cycle ?? { id, model, lineage: 'live', status: 'running' },
          text: () => `Started ${id}. To wait for it: ${follow}. To see it: reign show ${id}`,
        });
      }
      const cycle = await awaitCycle(client, ledger, plan.id, {
        onStanding: ({ step, detail, waits, beside }) => progress.at(step, detail, waits, beside),
        signal: surroundings.interrupted,
      });
      await tellCycle(session, tell, cycle);
    });

async function tellCycle(session: Session, tell: Tell, cycle: Cycle): Promise<void> {
  const judgements = await judgementsOf(session.ledger.db, cycle.id);
  const evidence = cycle.evidence === null ? null : await readEvidence(session.store, cycle.evidence);
  const warnings = await warningsOf(session.ledger.db, cycle.id);
  tell({
    document: { ...cycle, warnings },
    text: ({ paint }) => renderCycle({ cycle, judgements, evidence, warnings }, paint),
    exitCode: cycle.status === 'failed' || cycle.status === 'cancelled' ? exitCodes.cycleFailed : exitCodes.ok,
  });
}
