import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { cycleById } from '../../ledger/cycles.ts';
import { expectProjection } from '../../ledger/pendingProjections.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { osUser } from '../../schemas/actor.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { findCycle } from '../findCycle.ts';
import { runningWorkflow } from '../runningWorkflow.ts';
import type { Session } from '../session.ts';

const pollMilliseconds = 500;
const patienceMilliseconds = 10_000;

export const cancelCommand = (session: Session, tell: Tell) =>
  new Command('cancel')
    .description('end a cycle that is running or waiting; a later retrain starts a new attempt')
    .argument('<cycle>', 'its id; or a model, followed by an asOf')
    .argument('[asOf]', 'the asOf of the cycle in the live lineage, such as 2001-02-12')
    .requiredOption('--reason <text>', 'why; recorded in the ledger and on the run in MLflow')
    .action(async (name: string, asOf: string | undefined, { reason }: { reason: string }) => {
      const cycle = await findCycle(session.ledger, name, asOf);
      if (cycle.endedAt !== null)
        throw errorOf('UsageInvalid', 'cycleEnded', { cycle: cycle.id, status: cycle.status });
      const ended = await cancel(session, cycle, { by: userInfo().username, reason });
      tell({ document: ended, text: () => `${ended.id}: ${ended.status}. ${ended.summary ?? ''}`.trim() });
    });

async function cancel(session: Session, cycle: Cycle, asked: { by: string; reason: string }): Promise<Cycle> {
  const { ledger, surroundings, progress } = session;
  await storeRequest(ledger.db, {
    ...{ operation: 'cancel', actor: osUser(asked.by), model: cycle.model, reason: asked.reason },
    subject: { kind: 'cycle', id: cycle.id },
  });
  const workflow = await runningWorkflow(await session.client(), cycle.id);
  if (workflow === undefined) {
    // Nobody is left who could record it: its workflow was terminated, or its history has gone.
    const summary = `Cancelled by ${asked.by}: ${asked.reason}`;
    // The next worker lets MLflow follow: a run that was left running ends.
    await expectProjection(ledger.db, { cycle: cycle.id, model: cycle.model, part: 'outcome' });
    return await recordOutcome(ledger.db, cycle.id, { attempt: cycle.attempt, status: 'cancelled', summary });
  }
  await workflow.signal('cancel', asked);
  await workflow.cancel();
  progress.at('cancel', 'waiting until the cycle has ended');
  for (;;) {
    const now = await cycleById(ledger.db, cycle.id);
    if (now !== undefined && (now.endedAt !== null || now.attempt > cycle.attempt)) {
      // A retrain that follows at once would join it while MLflow is still told.
      const closed = workflow.result().catch(() => {});
      await Promise.race([closed, sleep(patienceMilliseconds, undefined, { ref: false })]);
      return now;
    }
    if (surroundings.interrupted.aborted) throw errorOf('Interrupted', 'cancelling', { cycle: cycle.id });
    await sleep(pollMilliseconds);
  }
}
