import { everyModel } from '../ledger/definitions.ts';
import { scheduleId } from '../orchestrator/matchSchedule.ts';
import { tell } from '../report/messages.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import { discrepancy, recorded } from './discrepancy.ts';
import type { TemporalWorld } from './world.ts';

/** Workflows that a schedule starts for a cycle. */
const starting = ['scheduled', 'retrain'];

/**
 * Schedules in Temporal that start cycles and were not made by Reign, such as a second one for a model. They are named and
 * left alone: a time that the definition's schedule does not have starts nothing.
 */
export async function findOtherSchedules(world: TemporalWorld): Promise<Discrepancy[]> {
  const { client, repair } = world;
  const { db } = world.ledger;
  const known = (await everyModel(db)).map(({ model }) => model);
  const own = new Set(known.map(scheduleId));
  const found: Discrepancy[] = [];
  for await (const { scheduleId: schedule, action } of client.schedule.list()) {
    const workflow = action?.workflowType ?? '';
    if (own.has(schedule) || !starting.includes(workflow)) continue;
    const message = tell('reconcile.schedule-unknown', { schedule, workflow });
    const advice = `Delete the schedule ${schedule} in Temporal.`;
    const about = { kind: 'schedule-unknown', part: 'Temporal', message, advice } as const;
    const model = await modelOf(world, schedule);
    found.push(
      model !== undefined && known.includes(model)
        ? await recorded(db, repair, { ...about, model }, schedule, { schedule, workflow })
        : discrepancy(about, 'found'),
    );
  }
  return found;
}

/** The model that a schedule retrains; undefined if it names none, or was deleted meanwhile. */
async function modelOf({ client }: TemporalWorld, schedule: string): Promise<string | undefined> {
  const described = await client.schedule
    .getHandle(schedule)
    .describe()
    .catch(() => undefined);
  const [asked] = described?.action.args ?? [];
  const model = typeof asked === 'object' && asked !== null && 'model' in asked ? asked.model : undefined;
  return typeof model === 'string' ? model : undefined;
}
