import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Definition } from '../schemas/definition.ts';
import { errorOf } from '../schemas/errors.ts';
import { ExtractedSnapshot } from '../schemas/payloads.ts';
import { Instant, Window } from '../schemas/primitives.ts';
import { trainerQueue, workerQueue } from '../schemas/queues.ts';
import type { SnapshotRequest, TakenSnapshots } from '../schemas/steps.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { parseAsOf } from './parseAsOf.ts';
import { presentModel } from './presentModel.ts';
import { toReignError } from './toReignError.ts';
import { awaitWorker } from './watch/awaitWorker.ts';
import { cancelled, followWorkflow } from './watch/followWorkflow.ts';

type Needs = Pick<OperationContext, 'ledger' | 'store' | 'temporal' | 'now' | 'signal' | 'onEvent'>;

export const snapshotOperation = operation({
  name: 'snapshot',
  description: 'extract the training and holdout rows that a cycle of a model would have, for a notebook',
  request: z.strictObject({
    model: z.string(),
    /** As a person writes it: `2001-02-12`, or an ISO 8601 time with zone. */
    asOf: z.string(),
  }),
  answer: z.strictObject({
    model: z.string(),
    asOf: Instant,
    definitionVersion: z.int(),
    definition: Definition,
    windows: z.strictObject({ train: Window, holdout: Window }),
    snapshots: z.strictObject({ train: ExtractedSnapshot, holdout: ExtractedSnapshot }),
    /** Where the rows are, below `snapshots/HASH`. */
    store: z.string(),
  }),
  run: async ({ ledger, store, temporal, now, signal, onEvent }: Needs, { model, asOf: given }) => {
    const asOf = parseAsOf(given);
    if (Date.parse(asOf) > now().getTime()) throw errorOf('AsOfInFuture', 'future', { asOf });
    const { version, definition } = await presentModel(ledger, model);
    const client = await temporal();
    const following = { signal, onEvent };
    await awaitWorker(client, workerQueue, following);
    await awaitWorker(client, trainerQueue, following);
    const request: SnapshotRequest = { model, definitionVersion: version, asOf };
    const handle = await client.workflow.start('snapshot', {
      ...{ taskQueue: workerQueue, workflowId: `snapshot.${model}.${randomUUID()}`, args: [request] },
    });
    const taken = await followWorkflow<TakenSnapshots>(handle, following).catch(async (error: unknown) => {
      if (signal.aborted) throw await cancelled(handle, 'the extraction');
      throw toReignError(error);
    });
    return { model, asOf, definitionVersion: version, definition, ...taken, store: store.place };
  },
});
