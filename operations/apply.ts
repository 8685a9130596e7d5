import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { describeChanges } from '../definition/describeChanges.ts';
import { latestDefinition } from '../ledger/definitions.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { matchSchedule } from '../orchestrator/matchSchedule.ts';
import { type ChangedDay, changedDays } from '../schedule/clockChanges.ts';
import { timingOf } from '../schedule/nominalTimes.ts';
import { Column } from '../schemas/columns.ts';
import { CheckPipelineResult } from '../schemas/payloads.ts';
import { trainerQueue, workerQueue } from '../schemas/queues.ts';
import type { Schedule } from '../schemas/schedule.ts';
import type { CheckDefinitionRequest, CheckedDefinition } from '../schemas/steps.ts';
import type { OperationContext } from './context.ts';
import { DefinitionContent, storeContent } from './definitionContent.ts';
import { definitionWithCode } from './definitionWithCode.ts';
import { operation } from './operation.ts';
import { placeInDefinition } from './placeInDefinition.ts';
import { ShownRetirement, shownRetirement } from './shownRetirement.ts';
import { storeApplied } from './storeApplied.ts';
import { toReignError } from './toReignError.ts';
import { awaitWorker, classThatNobodyServes } from './watch/awaitWorker.ts';
import { cancelled, type Following, followWorkflow } from './watch/followWorkflow.ts';

type Needs = Pick<OperationContext, 'ledger' | 'store' | 'temporal' | 'actor' | 'now' | 'signal' | 'onEvent'>;

export const applyOperation = operation({
  name: 'apply',
  description: 'check a definition, and store it as a new version if something changed',
  request: DefinitionContent,
  answer: z.strictObject({
    model: z.string(),
    version: z.int(),
    /** False: nothing had changed that makes a version; `changes` names settings that have. */
    created: z.boolean(),
    /** Against the version before, one line each; empty for the first. */
    changes: z.array(z.string()).readonly(),
    /** Data files that are too large to travel with the code. */
    leftBehind: z.array(z.string()).readonly(),
    columns: z.array(Column),
    /** What this version ended: the model is retrained again. */
    retirement: ShownRetirement,
    /** What was done to the model's schedule in Temporal; none: it has no schedule, and had none. */
    schedule: z.enum(['created', 'updated', 'deleted', 'unchanged', 'none']),
    /** The days of the coming year on which the clocks of the schedule's zone skip or repeat its times. */
    clockChanges: z.array(
      z.strictObject({
        date: z.string(),
        kind: z.enum(['skipped', 'repeated']),
        times: z.array(z.string()).readonly(),
      }),
    ),
    pipeline: CheckPipelineResult,
    /** The class of trainers that fits wait for, where none of it listens now; else null. */
    missingClass: z.string().nullable(),
  }),
  run: async ({ ledger, store, temporal, actor, now, signal, onEvent }: Needs, content) => {
    const read = await storeContent(store, content);
    const { definition, pack } = read;
    const codeHash = pack?.hash ?? null;
    const client = await temporal();
    const following = { signal, onEvent };
    await awaitWorker(client, workerQueue, following);
    await awaitWorker(client, trainerQueue, following);
    const checked = await check(client, { definition, codeHash }, following).catch((error: unknown) => {
      throw placeInDefinition(toReignError(error), read);
    });

    const { columns } = checked;
    const latest = await latestDefinition(ledger.db, definition.model);
    const retirement = latest && (await retirementOf(ledger.db, definition.model, latest.version));
    const { version, created, settingsChanged } = await storeApplied(ledger, store, read, {
      columns,
      appliedBy: actor,
    });
    const schedule = await matchSchedule({ ledger, client, actor }, definition.model);
    const code = pack === null ? null : { hash: pack.hash, files: pack.files };
    const changes =
      latest === undefined || !(created || settingsChanged)
        ? []
        : describeChanges(await definitionWithCode(store, latest), { definition, code, columns });
    const leftBehind = content.code?.leftBehind ?? [];
    const clockChanges = comingClockChanges(definition.schedule, now());
    const ended = shownRetirement(retirement ?? null);
    const applied = { model: definition.model, version, created, changes, leftBehind, retirement: ended };
    const missingClass = await classThatNobodyServes(client, definition);
    return { ...applied, schedule, clockChanges, ...checked, missingClass };
  },
});

function comingClockChanges(schedule: Schedule | undefined, now: Date): ChangedDay[] {
  const timing = schedule === undefined ? null : timingOf(schedule);
  const from = now.getTime() / 1000;
  return timing === null ? [] : changedDays(timing, from, from + 366 * 86_400);
}

async function check(
  client: Client,
  request: CheckDefinitionRequest,
  following: Following,
): Promise<CheckedDefinition> {
  const handle = await client.workflow.start('checkDefinition', {
    taskQueue: workerQueue,
    workflowId: `check.${request.definition.model}.${randomUUID()}`,
    workflowExecutionTimeout: '10 minutes',
    args: [request],
  });
  try {
    return await followWorkflow<CheckedDefinition>(handle, following);
  } catch (error) {
    if (following.signal.aborted) throw await cancelled(handle, 'the check');
    throw error;
  }
}
