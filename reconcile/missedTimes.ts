import type { ScheduleDescription } from '@temporalio/client';
import { windowsOf } from '../gate/windows.ts';
import { knownTimes } from '../ledger/cycles.ts';
import { latestDefinition, models, type StoredDefinition } from '../ledger/definitions.ts';
import { storeTimesCheckedTo, timesCheckedTo } from '../ledger/reconciliations.ts';
import { recordMissed } from '../ledger/recordMissed.ts';
import { type SchedulePeriod, schedulePeriods } from '../ledger/schedulePeriods.ts';
import { lookAtSchedule, type SeenSchedule, startersOf } from '../orchestrator/matchSchedule.ts';
import { tellNextInTurn } from '../orchestrator/tellNextInTurn.ts';
import { workflowState } from '../orchestrator/workflowState.ts';
import { tell } from '../report/messages.ts';
import { nominalTimes, timingOf } from '../schedule/nominalTimes.ts';
import { cycleId } from '../schemas/cycle.ts';
import { instantOf } from '../schemas/durations.ts';
import { liveLineage } from '../schemas/lineage.ts';
import type { Message } from '../schemas/message.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import { discrepancy } from './discrepancy.ts';
import type { TemporalWorld } from './world.ts';

/** So many times of a model are looked at in one reconcile; the next one goes on. */
const most = 1000;

/**
 * Nominal times without a cycle: the matching times of the schedule of then, minus pauses, minus the ledger's cycles. Each
 * is recorded as skipped, with the reason, so that a person can run it later. One that Temporal or a starter may still be
 * about to start is left for the next reconcile.
 */
export async function findMissedTimes(world: TemporalWorld): Promise<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (const { model } of await models(world.ledger.db)) {
    const latest = await latestDefinition(world.ledger.db, model);
    if (latest !== undefined) found.push(...(await missedOf(world, latest)));
  }
  return found;
}

async function missedOf(world: TemporalWorld, definition: StoredDefinition): Promise<Discrepancy[]> {
  const { db } = world.ledger;
  const { model } = definition;
  const due = dueTimes(await schedulePeriods(db, model), await timesCheckedTo(db, model), Date.now() - world.grace);
  const [from, to] = [due[0], due.at(-1)];
  if (from === undefined || to === undefined) return [];
  const known = await knownTimes(db, model, { from, to });
  const found: Discrepancy[] = [];
  let schedule: SeenSchedule | undefined;
  let checked: string | undefined;
  for (const asOf of due) {
    if (!known.has(asOf)) {
      schedule ??= await lookAtSchedule(world, model);
      const reason = await reasonOf(world, definition, asOf, schedule);
      if (reason === null) break;
      const missed = await record(world, definition, asOf, reason);
      if (missed !== null) found.push(missed);
    }
    checked = asOf;
  }
  if (world.repair === null) return found;
  if (checked !== undefined) await storeTimesCheckedTo(db, model, checked);
  // It may have waited for one of them.
  if (found.length > 0) await tellNextInTurn(world.client, db, { model, lineage: liveLineage });
  return found;
}

/** The nominal times since the last check at which a cycle should have begun by now, in order. */
export function dueTimes(periods: readonly SchedulePeriod[], checkedTo: string | undefined, now: number): string[] {
  const due: string[] = [];
  const checked = checkedTo === undefined ? Number.NEGATIVE_INFINITY : Date.parse(checkedTo) / 1000;
  for (const { from, to, schedule, paused } of periods) {
    const timing = paused ? null : timingOf(schedule);
    if (timing === null) continue;
    // A period's times are in [from, to), in whole seconds.
    const begin = Math.max(checked, Math.ceil(Date.parse(from) / 1000) - 1);
    const end = Math.min(now / 1000, to === null ? Number.POSITIVE_INFINITY : Math.ceil(Date.parse(to) / 1000) - 1);
    for (const time of nominalTimes(timing, begin, end)) {
      due.push(instantOf(time * 1000));
      if (due.length >= most) return due;
    }
  }
  return due;
}

/** Why nothing was started for a nominal time; null where something still may be. */
async function reasonOf(
  { client }: TemporalWorld,
  { model, version: definitionVersion }: StoredDefinition,
  asOf: string,
  { there, difference }: SeenSchedule,
): Promise<Message | null> {
  // A Temporal that has just been started may not know its own schedules yet.
  if (difference === 'missing' || (there !== undefined && !hasPassed(there, asOf))) return null;
  const starter = `${startersOf(model)}-${asOf}`;
  const started = await workflowState(client, starter);
  if (started.kind === 'running') return null;
  if (started.kind === 'over' && started.status !== 'COMPLETED')
    return tell('reconcile.missed.starter', { status: started.status });
  const said = started.kind === 'over' ? await client.workflow.getHandle(starter).result() : undefined;
  const cycle = cycleId({ model, lineage: liveLineage, asOf, definitionVersion });
  const isCycle = typeof said === 'string' && said.startsWith(cycle.replace(/\d+$/, ''));
  if (typeof said === 'string' && !isCycle) return tell('reconcile.missed.said', { said });
  // It may have begun, and have recorded nothing yet.
  const state = await workflowState(client, isCycle ? said : cycle);
  if (state.kind === 'running') return null;
  if (state.kind === 'over') return tell('reconcile.missed.cycle', { status: state.status });
  if (isCycle) return tell('reconcile.missed.cycle-gone');
  const wasThere = there !== undefined && there.info.createdAt.getTime() <= Date.parse(asOf);
  if (!wasThere) return tell('reconcile.missed.no-schedule');
  return tell(there.state.paused ? 'reconcile.missed.paused' : 'reconcile.missed.not-started');
}

/** Whether Temporal has come past a time: after an outage it catches up with what it has not. */
function hasPassed({ info, raw }: ScheduleDescription, asOf: string): boolean {
  const [next] = info.nextActionTimes;
  return Number(raw.info?.bufferSize ?? 0) === 0 && (next === undefined || next.getTime() > Date.parse(asOf));
}

async function record(
  { ledger: { db }, repair }: TemporalWorld,
  { model, version: definitionVersion, definition }: StoredDefinition,
  asOf: string,
  reason: Message,
): Promise<Discrepancy | null> {
  const id = cycleId({ model, lineage: liveLineage, asOf, definitionVersion });
  const message = tell('reconcile.schedule-missed', { asOf, reason });
  const advice = `To run it: reign retrain ${model} --as-of ${asOf}`;
  const about = { kind: 'schedule-missed', part: 'Temporal', model, message, advice } as const;
  if (!repair) return discrepancy(about, 'found');
  const summary = `Skipped: ${reason.text}.`;
  const windows = windowsOf(asOf, definition.windows);
  const isNew = await recordMissed(db, { id, model, asOf, definitionVersion, windows, summary });
  return isNew ? discrepancy({ ...about, cycle: id }, 'recorded') : null;
}
