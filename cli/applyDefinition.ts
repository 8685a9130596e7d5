import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { type DefinitionWithCode, describeChanges } from '../definition/describeChanges.ts';
import { readDefinition } from '../definition/readDefinition.ts';
import { latestDefinition, type StoredDefinition, storeDefinition } from '../ledger/definitions.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import { osUser } from '../schemas/actor.ts';
import { trainerQueue, workerQueue } from '../schemas/queues.ts';
import type { CheckDefinitionRequest, CheckedDefinition } from '../schemas/steps.ts';
import type { Store } from '../store/openStore.ts';
import { unpackCode } from '../store/packCode.ts';
import { awaitWorker, cancelled, type FollowOptions, followWorkflow } from './followWorkflow.ts';
import { packDefinition } from './packDefinition.ts';
import { placeInDefinition } from './placeInDefinition.ts';
import { toReignError } from './toReignError.ts';

export interface AppliedDefinition extends CheckedDefinition {
  readonly model: string;
  readonly version: number;
  /** False: nothing had changed that makes a version; `changes` names settings that have. */
  readonly created: boolean;
  /** Against the version before, one line each; empty for the first. */
  readonly changes: readonly string[];
  /** Data files that are too large to travel with the code. */
  readonly leftBehind: readonly string[];
}

interface Parts {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly store: Store;
  readonly appliedBy: string;
}

/** Checks a definition as far as it can be checked without a cycle, and stores a new version where something changed. */
export async function applyDefinition(
  { client, ledger, store, appliedBy }: Parts,
  path: string,
  options: FollowOptions = {},
): Promise<AppliedDefinition> {
  const read = await readDefinition(path);
  const { definition } = read;
  const pack = await packDefinition(store, read);
  const codeHash = pack?.hash ?? null;
  await awaitWorker(client, workerQueue, options);
  await awaitWorker(client, trainerQueue, options);
  const checked = await check(client, { definition, codeHash }, options).catch((error: unknown) => {
    throw placeInDefinition(toReignError(error), read);
  });

  const { columns } = checked;
  const latest = await latestDefinition(ledger.db, definition.model);
  const { version, created, settingsChanged } = await storeDefinition(ledger.db, {
    ...{ definition, codeHash, columns },
    appliedBy: osUser(appliedBy),
  });
  const code = pack === null ? null : { hash: pack.hash, files: pack.files };
  const changes =
    latest === undefined || !(created || settingsChanged)
      ? []
      : describeChanges(await withCode(store, latest), { definition, code, columns });
  return { model: definition.model, version, created, changes, leftBehind: pack?.leftBehind ?? [], ...checked };
}

async function check(
  client: Client,
  request: CheckDefinitionRequest,
  options: FollowOptions,
): Promise<CheckedDefinition> {
  const handle = await client.workflow.start('checkDefinition', {
    taskQueue: workerQueue,
    workflowId: `check.${request.definition.model}.${randomUUID()}`,
    workflowExecutionTimeout: '10 minutes',
    args: [request],
  });
  try {
    return await followWorkflow<CheckedDefinition>(handle, options);
  } catch (error) {
    if (options.signal?.aborted) throw await cancelled(handle, 'the check');
    throw error;
  }
}

async function withCode(
  store: Store,
  { definition, codeHash, columns }: StoredDefinition,
): Promise<DefinitionWithCode> {
  if (codeHash === null) return { definition, columns, code: null };
  const content = await store.readDocument('code', codeHash).catch(() => undefined);
  return { definition, columns, code: { hash: codeHash, files: content === undefined ? null : unpackCode(content) } };
}
