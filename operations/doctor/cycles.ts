import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import { of } from '../../gate/say.ts';
import { unendedCycles } from '../../ledger/cycles.ts';
import type { Database } from '../../ledger/database.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { tell } from '../../report/messages.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { PendingActivity } from '../../schemas/progress.ts';
import { fitQueueOf } from '../../schemas/queues.ts';
import type { TemporalSettings } from '../../settings/givenSettings.ts';
import type { Store } from '../../store/openStore.ts';
import { connectTemporal } from '../connectTemporal.ts';
import { pollersOf } from '../watch/awaitWorker.ts';
import { runningWorkflow } from '../watch/runningWorkflow.ts';
import { progressIn } from '../watch/workflowProgress.ts';
import { type Finding, noted } from './finding.ts';
import { missingClasses } from './trainerClasses.ts';

/** What Temporal says of a cycle's workflow: its pending activities, or null where no workflow of that name runs. */
export type LookUp = (cycle: string) => Promise<readonly PendingActivity[] | null>;

/** Cycles that have not ended and get nowhere: those that wait for a fault, and those that try something again and again. */
export async function stuckCycles(db: Kysely<Database>, lookUp: LookUp): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const cycle of await unendedCycles(db)) found.push(...(await examineCycle(cycle, lookUp)));
  return found;
}

async function examineCycle(cycle: Cycle, lookUp: LookUp): Promise<Finding[]> {
  const { id, summary } = cycle;
  const part = `cycle ${id}`;
  const pending = await lookUp(id);
  if (pending === null) return [];
  if (cycle.waitsFor === 'fault') {
    const advice = `Fix the fault. The cycle then continues by itself, or at once with reign retry ${id}. To end it: reign cancel ${id} --reason TEXT.`;
    return [noted(part, summary === null ? tell('doctor.waits-unsaid') : tell('doctor.waits', { summary }), advice)];
  }
  return pending
    .filter(({ attempt }) => attempt > 1)
    .map(({ step, attempt, lastError }) =>
      noted(
        part,
        tell('doctor.attempt', {
          step,
          attempt: of(attempt, 'plain'),
          reason: lastError ?? tell('doctor.reason-unknown'),
        }),
        `See reign show ${id}.`,
      ),
    );
}

/** Looks at the cycles that have not ended. A ledger or a Temporal that does not answer is a finding of its own part. */
export async function examineCycles(url: string, settings: TemporalSettings, store: Store): Promise<Finding[]> {
  const ledger = openLedger(url);
  let client: Client | undefined;
  try {
    const connected = await connectTemporal(settings, store);
    client = connected;
    const missing = await missingClasses(ledger.db, (wanted) => pollersOf(connected, fitQueueOf(wanted)));
    const stuck = await stuckCycles(ledger.db, async (cycle) => {
      const workflow = await runningWorkflow(connected, cycle);
      return workflow === undefined ? null : progressIn((await workflow.describe()).raw).activities;
    });
    return [...stuck, ...missing];
  } catch {
    return [];
  } finally {
    await Promise.all([client?.connection.close(), ledger.close()]).catch(() => {});
  }
}
