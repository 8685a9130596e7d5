/** Hosts the workflows and the TypeScript activities: `node worker/worker.ts`. Ends on SIGTERM and SIGINT. */
import { writeFileSync } from 'node:fs';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/create.ts';
import { prepareLedger } from '../ledger/prepareLedger.ts';
import { takeTemporal } from '../orchestrator/ownTemporal.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import { workerQueue } from '../schemas/queues.ts';
import { forgetVariable, processEnvironment } from '../settings/environment.ts';
import type { TemporalSettings } from '../settings/givenSettings.ts';
import { limitsOf } from '../settings/limits.ts';
import { loadSettings } from '../settings/settings.ts';
import { claimCheck } from '../store/claimCheck.ts';
import { keepFollowing } from './keepFollowing.ts';
import { keepNotifying } from './keepNotifying.ts';
import { keepReconciling } from './keepReconciling.ts';
import { openWorld } from './openWorld.ts';
import { runtimeLogger } from './runtimeLogger.ts';
import { workflowBundle } from './workflowBundle.ts';

async function main(): Promise<void> {
  // What a worker stores is about people: nobody else on the machine reads it.
  process.umask(0o077);
  const env = processEnvironment();
  const settings = loadSettings(env);
  const world = openWorld(settings, limitsOf(env));
  Runtime.install({ logger: runtimeLogger(world.log), shutdownSignals: ['SIGINT', 'SIGTERM'] });
  try {
    await prepareLedger(world.ledger, settings.ledgerOwnerUrl);
    // Nothing that this process starts needs to be the ledger's owner.
    forgetVariable('REIGN_LEDGER_OWNER_URL');
    const connection = await connect(settings.temporal);
    try {
      const dataConverter = { payloadCodecs: [claimCheck(world.store)] };
      const client = new Client({ connection, namespace: settings.temporal.namespace, dataConverter });
      // A worker of another ledger would answer its cycles from this one.
      await takeTemporal(client, world.ledger.db, world.limits.reconcileSeconds).catch((error: unknown) => {
        throw error instanceof ReignError ? error : noAnswer(settings.temporal, error);
      });
      const worker = await Worker.create({
        connection,
        namespace: settings.temporal.namespace,
        taskQueue: workerQueue,
        dataConverter,
        workflowBundle: await workflowBundle(settings.home),
        activities: createActivities(world, client),
        // Shorter than the ten seconds after which whoever stops a process usually kills it.
        shutdownGraceTime: '7 seconds',
      });
      const ended = worker.run();
      world.log.info({ queue: workerQueue, namespace: settings.temporal.namespace }, 'worker is listening');
      // Whoever started this worker waits for the file.
      if (env.REIGN_READY_FILE !== undefined) writeFileSync(env.REIGN_READY_FILE, '');
      const stopped = new AbortController();
      const following = [
        keepFollowing(world, stopped.signal),
        keepNotifying(world, env, stopped.signal),
        keepReconciling(world, client, stopped.signal),
      ];
      try {
        await ended;
      } finally {
        stopped.abort();
        await Promise.all(following);
      }
    } finally {
      await connection.close();
    }
  } finally {
    await world.ledger.close();
  }
}

async function connect(temporal: TemporalSettings): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(temporal.connectionOptions ?? { address: temporal.address });
  } catch (error) {
    throw noAnswer(temporal, error);
  }
}

function noAnswer({ address }: TemporalSettings, cause: unknown): ReignError {
  const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
  return errorOf('OrchestratorUnavailable', 'noAnswerAt', { address, reason }, { cause });
}

try {
  await main();
} catch (error) {
  const known = error instanceof ReignError;
  console.error(known ? `error[${error.code}]: ${error.message}\n${error.advice}` : error);
  process.exitCode = 1;
}
// A step that was handed back may still wait for a server, and holds the process open.
process.exit();
