import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { errorOf, type ReignError } from '../schemas/errors.ts';
import { Evidence, Rehearsal } from '../schemas/evidence.ts';
import { Hash, Instant, Window } from '../schemas/primitives.ts';
import { trainerQueue, workerQueue } from '../schemas/queues.ts';
import type { TryRequest, TryResult } from '../schemas/steps.ts';
import { Verdict } from '../schemas/verdict.ts';
import type { Store } from '../store/openStore.ts';
import { authorTraceback } from './authorTraceback.ts';
import type { OperationContext } from './context.ts';
import { DefinitionContent, type StoredContent, storeContent } from './definitionContent.ts';
import { operation } from './operation.ts';
import { parseAsOf } from './parseAsOf.ts';
import { placeInDefinition } from './placeInDefinition.ts';
import { readEvidence } from './storedDocuments.ts';
import { toReignError } from './toReignError.ts';
import { TryFailed } from './tryFailed.ts';
import { awaitWorker } from './watch/awaitWorker.ts';
import { cancelled, followWorkflow } from './watch/followWorkflow.ts';
import { WorkflowError } from './workflowError.ts';

type Needs = Pick<OperationContext, 'store' | 'temporal' | 'now' | 'signal' | 'onEvent'>;

export const tryOperation = operation({
  name: 'try',
  description: 'show what a cycle of this definition would decide, without writing to the ledger or the registry',
  request: z.strictObject({
    definition: DefinitionContent,
    /** Default: the last midnight in UTC. */
    asOf: z.string().optional(),
    /** At most this many rows of each window. Default: all. */
    rows: z.int().positive().optional(),
    /** What to compare with: who reigns, the trivial predictor, or a version. */
    against: z.union([z.enum(['champion', 'none']), z.int().positive()]).default('champion'),
  }),
  answer: z.strictObject({
    model: z.string(),
    asOf: Instant,
    /** Null: the trivial predictor. */
    against: z.strictObject({ version: z.int().nullable(), asOf: Instant, reigns: z.boolean() }).nullable(),
    windows: z.strictObject({ train: Window, holdout: Window }),
    snapshots: z.strictObject({ train: Hash, holdout: Hash }),
    rows: z.strictObject({ train: z.int(), holdout: z.int() }),
    training: z.record(z.string(), z.number()),
    evidence: Hash,
    rehearsal: Rehearsal,
    verdict: Verdict,
    warnings: z.array(z.string()),
    /** The evidence itself; null where the store is not reachable from here. */
    measured: Evidence.nullable(),
  }),
  run: async (
    { store, temporal, now, signal, onEvent }: Needs,
    { definition: content, asOf: given, rows, against },
  ) => {
    const read = await storeContent(store, content);
    const { definition, pack } = read;
    const { model } = definition;
    const asOf = asOfOf(given, now());
    const client = await temporal();
    const following = { signal, onEvent };
    await awaitWorker(client, workerQueue, following);
    await awaitWorker(client, trainerQueue, following);

    const id = `try.${model}.${randomUUID()}`;
    const request: TryRequest = { definition, codeHash: pack?.hash ?? null, asOf, rows: rows ?? null, id, against };
    const args = [request];
    const handle = await client.workflow.start('tryDefinition', { taskQueue: workerQueue, workflowId: id, args });
    const result = await followWorkflow<TryResult>(handle, following).catch(async (error: unknown) => {
      if (signal.aborted) throw await cancelled(handle, 'the try');
      throw await explained(toReignError(error), read, store);
    });
    return { model, asOf, ...result, measured: await readEvidence(store, result.evidence) };
  },
});

function asOfOf(given: string | undefined, now: Date): string {
  if (given === undefined) return parseAsOf(now.toISOString().slice(0, 10));
  const asOf = parseAsOf(given);
  if (Date.parse(asOf) > now.getTime()) throw errorOf('AsOfInFuture', 'future', { asOf });
  return asOf;
}

/** With the place in the definition, and the traceback cut to the author's lines. */
async function explained(error: ReignError, read: StoredContent, store: Store): Promise<ReignError> {
  if (error.code === 'Interrupted') return error;
  const hash = error instanceof WorkflowError ? error.detail?.traceback : undefined;
  const full = hash == null ? undefined : await store.readDocument('tracebacks', hash).catch(() => undefined);
  const traceback = full === undefined ? [] : authorTraceback(full.toString('utf8'), read.pack?.files ?? {});
  const placed = toReignError(placeInDefinition(error, read));
  return new TryFailed(placed, traceback, { cause: error });
}
