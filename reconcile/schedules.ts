import type { ScheduleDescription } from '@temporalio/client';
import { everyModel } from '../ledger/definitions.ts';
import { event } from '../ledger/events.ts';
import { openPeriod } from '../ledger/schedulePeriods.ts';
import {
  lookAtSchedule,
  matchSchedule,
  type ScheduleDifference,
  type SeenSchedule,
} from '../orchestrator/matchSchedule.ts';
import { tell } from '../report/messages.ts';
import type { Message } from '../schemas/message.ts';
import type { Discrepancy, DiscrepancyKind } from '../schemas/reconcile.ts';
import { discrepancy, recorded } from './discrepancy.ts';
import type { TemporalWorld } from './world.ts';

/**
 * Temporal's schedules against the definitions in force. One that was deleted or changed by hand is put right. One that
 * somebody paused in Temporal stays paused: whoever did that wanted no cycles, and their nominal times are recorded as
 * skipped. What an operation has not finished yet is finished, and is no difference.
 */
export async function compareSchedules(world: TemporalWorld): Promise<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (const { model } of await everyModel(world.ledger.db)) {
    const seen = await lookAtSchedule(world, model);
    const { there, difference } = seen;
    if (isUnderWay(seen, world.grace)) await finish(world, model, seen);
    else if (difference !== null) found.push(...(await putRight(world, model, difference)));
    else if (there !== undefined) found.push(...(await pausedByHand(world, model, there)));
  }
  return found;
}

/** Milliseconds: an operation that has changed the ledger changes Temporal by then, or has died. */
const operationTakes = 30_000;

/** Whether an apply, a pause or a retirement may be between its two steps: it has changed the ledger, and Temporal not yet. */
function isUnderWay({ isRecorded, since }: SeenSchedule, grace: number): boolean {
  return !isRecorded || (since !== null && Date.now() - Date.parse(since) < Math.min(grace, operationTakes));
}

/** Does what is left to do of it, in the name of whoever asked for it: nobody changed anything by hand. */
async function finish({ ledger, client, repair }: TemporalWorld, model: string, seen: SeenSchedule): Promise<void> {
  if (repair === null || (seen.isRecorded && seen.difference === null)) return;
  await matchSchedule({ ledger, client, actor: null }, model);
}

async function putRight(world: TemporalWorld, model: string, difference: ScheduleDifference): Promise<Discrepancy[]> {
  const { kind, message } = said[difference];
  const about = { kind, part: 'Temporal', model, message } as const;
  const { ledger, client, repair } = world;
  if (repair === null) return [discrepancy({ ...about, advice: 'reign reconcile puts it right.' }, 'found')];
  const change = await matchSchedule({ ledger, client, actor: null }, model);
  // Somebody applied meanwhile.
  if (change === 'unchanged' || change === 'none') return [];
  await event(ledger.db, { model, cycle: null, kind, detail: { difference, change } });
  return [discrepancy(about, 'repaired')];
}

const said: Readonly<Record<ScheduleDifference, { readonly kind: DiscrepancyKind; readonly message: Message }>> = {
  missing: { kind: 'schedule-missing', message: tell('reconcile.schedule-missing') },
  changed: { kind: 'schedule-changed', message: tell('reconcile.schedule-changed') },
  left: { kind: 'schedule-left', message: tell('reconcile.schedule-left') },
  running: { kind: 'schedule-changed', message: tell('reconcile.schedule-resumed') },
  paused: { kind: 'schedule-changed', message: tell('reconcile.schedule-still') },
};

async function pausedByHand(
  { ledger: { db }, repair }: TemporalWorld,
  model: string,
  { state: { paused, note }, info }: ScheduleDescription,
): Promise<Discrepancy[]> {
  if (!paused || (await openPeriod(db, model))?.paused !== false) return [];
  const message = note ? tell('reconcile.schedule-paused', { note }) : tell('reconcile.schedule-paused-unsaid');
  const advice = `To resume it: reign schedule ${model} resume --reason TEXT. To pause it in the ledger too: reign schedule ${model} pause --reason TEXT.`;
  const about = { kind: 'schedule-paused', part: 'Temporal', model, message, advice } as const;
  const since = (info.lastUpdatedAt ?? info.createdAt).toISOString();
  return [await recorded(db, repair, about, `${since} ${note ?? ''}`, { note: note ?? null })];
}
