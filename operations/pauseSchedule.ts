import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { models } from '../ledger/definitions.ts';
import { withLease } from '../ledger/lease.ts';
import { storeRequest } from '../ledger/requests.ts';
import { changeSchedulePeriod, openPeriod } from '../ledger/schedulePeriods.ts';
import { matchSchedule, ownNote, scheduleId } from '../orchestrator/matchSchedule.ts';
import { errorOf } from '../schemas/errors.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';
import { refuseRetired } from './refuseRetired.ts';

type Needs = Pick<OperationContext, 'ledger' | 'temporal' | 'actor'>;

const request = z.strictObject({
  /** Null: every model that has a schedule. */
  model: z.string().nullable(),
  /** Recorded in the ledger. */
  reason: z.string().regex(/\S/, 'expected a reason'),
});

const answer = z.strictObject({
  /** What was paused or resumed, by name; one that was so before is not listed. */
  changed: z.array(z.string()),
  /** Of all models, those that Temporal did not take; the ledger has them as asked for. */
  failed: z.array(z.strictObject({ model: z.string(), reason: z.string() })),
});

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
    const { version } = await knownModel(ledger, model);
    await refuseRetired(ledger, model, version);
    if ((await openPeriod(db, model)) === undefined) throw errorOf('UsageInvalid', 'noSchedule', { model });
  }
  const client = await temporal();
  const changed: string[] = [];
  const failed: z.input<typeof answer>['failed'] = [];
  for (const name of model === null ? (await models(db)).map((one) => one.model) : [model]) {
    try {
      if (await setOne({ ledger, client, actor }, name, { reason, paused })) changed.push(name);
    } catch (error) {
      // One model whose schedule Temporal does not take keeps no other one going.
      if (model !== null || !(error instanceof Error)) throw error;
      failed.push({ model: name, reason: error.message });
    }
  }
  return { changed, failed };
}

/** Whether that was new. */
async function setOne(
  { ledger, client, actor }: Pick<Needs, 'ledger' | 'actor'> & { readonly client: Client },
  model: string,
  { reason, paused }: { readonly reason: string; readonly paused: boolean },
): Promise<boolean> {
  const { db } = ledger;
  const lease = `schedule of ${model}`;
  const isNew = await withLease(db, lease, async () => {
    const period = await openPeriod(db, model);
    if (period === undefined || period.paused === paused) return false;
    const { id } = await storeRequest(db, {
      ...{ operation: paused ? 'schedule-pause' : 'schedule-resume', actor, model, reason },
      subject: { kind: 'schedule', id: model },
    });
    await changeSchedulePeriod(db, model, { schedule: period.schedule, paused }, id);
    return true;
  });
  await matchSchedule({ ledger, client, actor }, model);
  await withLease(db, lease, async ({ hold }) => {
    const period = await openPeriod(db, model);
    if (period === undefined || period.paused !== paused || !(await hold())) return;
    const handle = client.schedule.getHandle(scheduleId(model));
    if (paused) await handle.pause(`${ownNote} ${actor.name}: ${reason}`);
    else await handle.unpause(`${ownNote} ${actor.name}: ${reason}`);
  });
  return isNew;
}
