import { summaryOfDates } from '../gate/backfillDates.ts';
import { datesOf } from '../ledger/backfillDates.ts';
import { backfillById, endBackfill, stopBackfill, unendedBackfills } from '../ledger/backfills.ts';
import { event } from '../ledger/events.ts';
import { tellNextInTurn } from '../orchestrator/tellNextInTurn.ts';
import { workflowState } from '../orchestrator/workflowState.ts';
import { tell } from '../report/messages.ts';
import { type Backfill, backfillWorkflowId } from '../schemas/backfill.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import { discrepancy } from './discrepancy.ts';
import type { TemporalWorld } from './world.ts';

/**
 * Backfills that go on by the ledger, against Temporal's workflows. Where nobody is left who could begin its dates, a backfill
 * has failed: its cycles that wait for their turn end by themselves. It is not started again, because whoever terminated
 * it may have meant it.
 */
export async function compareBackfills(world: TemporalWorld): Promise<Discrepancy[]> {
  const { client, grace, ledger, repair } = world;
  const found: Discrepancy[] = [];
  for (const backfill of await unendedBackfills(ledger.db)) {
    const { id, startedAt } = backfill;
    const state = await workflowState(client, backfillWorkflowId(id));
    if (state.kind === 'running') continue;
    // It is stored before its workflow is started.
    if (state.kind === 'unknown' && Date.now() - Date.parse(startedAt ?? '') < grace) continue;
    const lost = await stop(world, id);
    if (lost !== null) found.push(lost);
    if (repair !== null) await endWhereNothingRuns(world, backfill);
  }
  return found;
}

async function stop({ ledger: { db }, client, repair }: TemporalWorld, id: string): Promise<Discrepancy | null> {
  // It may have ended while Temporal was asked.
  const now = await backfillById(db, id);
  if (now === undefined || now.endedAt !== null || (now.status !== 'running' && now.status !== 'paused')) return null;
  const { model, status } = now;
  const message = tell('reconcile.backfill-gone', { backfill: id, status });
  const again = `To go on with it: reign backfill retry ${id}`;
  const difference = { kind: 'backfill-gone', part: 'Temporal', model, message } as const;
  if (repair === null) return discrepancy({ ...difference, advice: `Stop it with reign reconcile. ${again}` }, 'found');
  await stopBackfill(db, id, 'Stopped: its workflow is gone.');
  await event(db, { model, cycle: null, kind: 'backfill-gone', detail: { backfill: id }, key: `${id} ${Date.now()}` });
  await tellNextInTurn(client, db, now);
  return discrepancy({ ...difference, advice: again }, 'repaired');
}

async function endWhereNothingRuns({ ledger: { db } }: TemporalWorld, { id }: Backfill): Promise<void> {
  const dates = await datesOf(db, id);
  const runs = dates.some(({ state }) => state === 'preparing' || state === 'waiting' || state === 'judging');
  if (!runs) await endBackfill(db, id, summaryOfDates(dates));
}
