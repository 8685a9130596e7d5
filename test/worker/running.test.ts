import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Definition } from '../../schemas/definition.ts';
import { workerQueue } from '../../schemas/queues.ts';
import type { CheckDefinitionRequest } from '../../schemas/steps.ts';
import { projectFolder } from '../../settings/home.ts';
import { validDefinition } from '../definition/valid.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { type TestDatabase, withDatabase } from '../postgres.ts';
import { shareCache, until } from '../stack/testHome.ts';

/** What stands between a worker and Temporal, and can be cut. */
class Line {
  /** Connections that were turned away since it was cut. */
  refused = 0;
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  #isCut = false;

  constructor(address: string) {
    const { hostname: host, port } = new URL(`tcp://${address}`);
    this.#server = createServer((near) => {
      if (this.#isCut) {
        this.refused += 1;
        near.destroy();
        return;
      }
      const far = connect({ host, port: Number(port) });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#open.add(one);
        one.on('error', () => {}).once('close', () => other.destroy());
      }
      near.pipe(far).pipe(near);
    });
  }

  async open(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#open) socket.destroy();
    this.#open.clear();
  }

  mend(): void {
    this.#isCut = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

let home: string;
let temporal: TestWorkflowEnvironment;
let line: Line;
let ledger: TestLedger;
let database: TestDatabase;
let warehouse: Client;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'reign-worker-'));
  shareCache(home);
  // The real one: that of the tests knows nothing of a workflow's way back from the queue of a worker that is gone.
  temporal = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: join(projectFolder, '.reign/python/bin/temporal') },
      log: { format: 'pretty', level: 'never' },
    },
  });
  line = new Line(temporal.address);
  await line.open();
  ledger = await withLedger();
  database = await withDatabase();
  warehouse = new Client({ connectionString: database.url });
  await warehouse.connect();
  await warehouse.query(
    'create table flights as select 1 as id, now() as date, true as late, 1.5 as hour, 1.0 as distance',
  );
});
afterAll(async () => {
  await warehouse?.end();
  await database?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
  line?.close();
  await temporal?.teardown();
  rmSync(home, { recursive: true, force: true });
});

interface RunningWorker {
  readonly process: ChildProcess;
  readonly log: () => string;
  /** Asks it to stop; answers its exit code and how many seconds it took. */
  stop(): Promise<{ code: number | null; seconds: number }>;
}

async function startWorker(): Promise<RunningWorker> {
  const ready = join(home, 'ready');
  rmSync(ready, { force: true });
  const child = spawn(process.execPath, [join(projectFolder, 'worker/worker.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...{ PATH: process.env.PATH, REIGN_HOME: home, REIGN_READY_FILE: ready, REIGN_LEDGER_URL: ledger.url },
      ...{ REIGN_CONNECTION_WAREHOUSE: database.url, MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' },
      ...{ TEMPORAL_ADDRESS: line.address, TEMPORAL_CONFIG_FILE: join(home, 'none.toml') },
    },
  });
  let log = '';
  child.stderr?.on('data', (text: Buffer) => (log += text.toString('utf8')));
  await until('the worker listens', () => existsSync(ready), { seconds: 120 });
  return {
    process: child,
    log: () => log,
    async stop() {
      const asked = performance.now();
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      return { code, seconds: (performance.now() - asked) / 1000 };
    },
  };
}

const definition = Definition.parse({
  ...(parse(validDefinition) as object),
  source: {
    ...{ query: 'select * from flights', rowId: 'id', eventTime: 'date', label: 'late', labels: 'complete' },
    features: ['hour', 'distance'],
  },
});

let started = 0;
/** Its first step asks the warehouse; its second one is the trainer's, whom nobody plays here. */
const check = (): Promise<WorkflowHandle> =>
  temporal.client.workflow.start('checkDefinition', {
    taskQueue: workerQueue,
    workflowId: `check ${++started}`,
    args: [{ definition, codeHash: null } satisfies CheckDefinitionRequest],
  });

/** The step that a workflow is at, and its attempt. */
const stepOf = async (workflow: WorkflowHandle) => {
  const [step] = (await workflow.describe()).raw.pendingActivities ?? [];
  return `${step?.activityType?.name} ${step?.attempt}`;
};
const isAt = (workflow: WorkflowHandle, step: string, seconds = 60) =>
  until(step, async () => (await stepOf(workflow)) === step, { seconds });

/** Of the first step: which attempt of it completed. */
const completedAttempt = async (workflow: WorkflowHandle) => {
  const { events } = await workflow.fetchHistory();
  const done = events?.find(({ activityTaskCompletedEventAttributes: it }) => it != null);
  const begun = done?.activityTaskCompletedEventAttributes?.startedEventId?.toString();
  return events?.find(({ eventId }) => eventId?.toString() === begun)?.activityTaskStartedEventAttributes?.attempt;
};

const isAsked = async () => {
  const { rows } = await warehouse.query("select from pg_locks where not granted and relation = 'flights'::regclass");
  return rows.length > 0;
};

test('a worker that loses Temporal for a while goes on', async () => {
  const worker = await startWorker();
  line.cut();
  const later = await check();
  await until('the worker has tried', () => line.refused >= 3);
  line.mend();
  await isAt(later, 'checkPipeline 1');
  expect(worker.process.exitCode).toBeNull();
  expect(await worker.stop()).toMatchObject({ code: 0 });
});

test('a worker that stops finishes the step in hand, or hands it back to the next one', async () => {
  let worker = await startWorker();
  // The query waits for a lock, the worker is stopped meanwhile, and the answer comes within its grace.
  await warehouse.query('begin; lock table flights in access exclusive mode');
  const finished = await check();
  await until('the warehouse is asked', isAsked);
  const stopping = worker.stop();
  await warehouse.query('commit');
  expect(await stopping).toMatchObject({ code: 0 });

  worker = await startWorker();
  await isAt(finished, 'checkPipeline 1');
  expect(await completedAttempt(finished)).toBe(1);

  // Now the answer does not come in time: the step is handed back, and the next worker begins it at once.
  await warehouse.query('begin; lock table flights in access exclusive mode');
  const handedBack = await check();
  await until('the warehouse is asked', isAsked);
  const stopped = await worker.stop();
  expect(stopped.code).toBe(0);
  // Its grace is 7 seconds; the rest is for a busy machine.
  expect(stopped.seconds).toBeLessThan(40);
  await warehouse.query('commit');
  worker = await startWorker();
  await isAt(handedBack, 'checkPipeline 1');
  expect(await completedAttempt(handedBack)).toBe(2);
  expect(await worker.stop()).toMatchObject({ code: 0 });
});
