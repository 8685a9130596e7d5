import { z } from 'zod';
import { models } from '../ledger/definitions.ts';
import { withLease } from '../ledger/lease.ts';
import { storeRequest } from '../ledger/requests.ts';
import { changeSchedulePeriod, openPeriod } from '../ledger/schedulePeriods.ts';
import { errorOf } from '../schemas/errors.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { matchSchedule, scheduleId } from './matchSchedule.ts';
import { operation } from './operation.ts';

type Needs = Pick<OperationContext, 'ledger' | 'temporal' | 'actor'>;

const request = z.strictObject({
  /** Null: every model that has a schedule. */
  model: z.string().nullable(),
  /** Recorded in the ledger. */
  reason: z.string().regex(/\S/, 'expected a reason'),
});

/** What was paused or resumed, by name; one that was so before is not listed. */
const answer = z.strictObject({ changed: z.array(z.string()) });

export const pauseScheduleOperation = operation({
  name: 'schedule-pause',
  description: 'start no cycles at the nominal times of a model until its schedule is resumed',
  ...{ request, answer },
  run: (context: Needs, asked) => setPaused(context, asked, true),
});

export const resumeScheduleOperation = operation({
  name: 'schedule-resume',
  description: 'start cycles at the nominal times of a model again',
  ...{ request, answer },
  run: (context: Needs, asked) => setPaused(context, asked, false),
});

/** The ledger says it first: where Temporal does not answer, the same request again, or the next apply, brings it there. */
async function setPaused(
  { ledger, temporal, actor }: Needs,
  { model, reason }: z.output<typeof request>,
  paused: boolean,
): Promise<z.input<typeof answer>> {
  const { db } = ledger;
  if (model !== null) {
    await knownModel(ledger, model);
    if ((await openPeriod(db, model)) === undefined) throw errorOf('UsageInvalid', 'noSchedule', { model });
  }
  const client = await temporal();
  const changed: string[] = [];
  for (const name of model === null ? (await models(db)).map((one) => one.model) : [model]) {
    await matchSchedule({ ledger, client, actor }, name);
    await withLease(db, `schedule of ${name}`, async ({ hold }) => {
      const period = await openPeriod(db, name);
      if (period === undefined) return;
      const handle = client.schedule.getHandle(scheduleId(name));
      if (period.paused !== paused) {
        const { id } = await storeRequest(db, {
          ...{ operation: paused ? 'schedule-pause' : 'schedule-resume', actor, model: name, reason },
          subject: { kind: 'schedule', id: name },
        });
        await changeSchedulePeriod(db, name, { schedule: period.schedule, paused }, id);
        changed.push(name);
      }
      await hold();
      if (paused) await handle.pause(`${actor.name}: ${reason}`);
      else await handle.unpause(`${actor.name}: ${reason}`);
    });
  }
  return { changed };
}
