import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/create.ts';
import { cycleId } from '../../schemas/cycle.ts';
import type { ErrorCode } from '../../schemas/errors.ts';
import {
  environmentQueue,
  fitQueue,
  fitQueueOf,
  promptQueue,
  trainerQueue,
  workerQueue,
} from '../../schemas/queues.ts';
import type { ChallengeRequest, Outcome, RetrainRequest } from '../../schemas/steps.ts';
import { workflowBundle } from '../../worker/workflowBundle.ts';
import type { Progress } from '../../workflows/progress.ts';
import type { TrainerActivities } from '../../workflows/proxies.ts';
import { lastingHome } from '../stack/testHome.ts';
import { cast } from './cast.ts';
import { quietRuntime } from './quietRuntime.ts';

export type Cast = Activities & TrainerActivities;
/** What one cycle of a test does otherwise than the usual cast. `attempt` counts from 1. */
export type Scene = {
  readonly [Name in keyof Cast]?: (
    this: { readonly attempt: number },
    ...given: Parameters<Cast[Name]>
  ) => ReturnType<Cast[Name]> | Awaited<ReturnType<Cast[Name]>>;
};

/** The environment that an old champion was fitted in. */
export const oldEnvironment = createHash('sha256').update('an environment of last year').digest('hex');

/** An activity that a workflow called: when, by the server's clock, and which attempt it was. */
export interface Call {
  readonly name: string;
  readonly queue: string;
  readonly attempt: number;
  readonly given: readonly unknown[];
}

/** A cycle that has been started. */
export interface Performance {
  /** Waits for its end; only then the server's clock skips what nobody waits for. */
  readonly outcome: () => Promise<Outcome>;
  readonly calls: readonly Call[];
  /** Names of the activities called, in order, each attempt once. */
  readonly names: () => string[];
  readonly progress: () => Promise<Progress>;
  /** The activities that it waits for: `score started`, or `score scheduled` where nobody has taken it. */
  readonly pending: () => Promise<string[]>;
  readonly retry: () => Promise<void>;
  /** Tells it that somebody has decided. */
  readonly decided: () => Promise<void>;
  /** Tells it that its turn may have come. */
  readonly turn: () => Promise<void>;
  /** Events in the history of its last run. */
  readonly historyLength: () => Promise<number>;
  /** Fulfilled when an activity has been called so often. */
  readonly called: (name: keyof Cast, times?: number) => Promise<void>;
  readonly cancel: (by: string, reason: string) => Promise<void>;
  /** Temporal's own cancellation. */
  readonly cancelWorkflow: () => Promise<void>;
}

/** Workflows on a server that skips time, with stubs in place of the activities. */
export interface Stage {
  /** @param given what the request says otherwise than that somebody asks for the first version; with a challenger, a challenge */
  readonly perform: (scene?: Scene, given?: Partial<ChallengeRequest>) => Promise<Performance>;
  /** Somebody takes what waits in a queue from now on. */
  readonly serve: (queue: string) => Promise<void>;
  /** Skips time although an activity waits for somebody to take it; by itself the server would wait as well. */
  readonly nobodyTakes: (milliseconds: number) => Promise<void>;
  /** Lets hours go by for every workflow. */
  readonly pass: (milliseconds: number) => Promise<void>;
  readonly client: Client;
  /** Lets a test start a workflow as a schedule does; the server of the tests has no schedules. */
  readonly defineNominalTime: () => Promise<void>;
  /** Stops the worker that hosts the workflows; the answer starts another one, which knows of them what the server knows. */
  readonly stopWorker: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

const taken = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
const server = join(import.meta.dirname, '../../.reign/python/bin/temporal-test-server');

/**
 * @param forgetful whether a worker keeps no workflow in memory: the server of the tests waits in vain for one that was
 *   stopped. Each step replays the history
 * @param scene for workflows that a test starts itself
 */
export async function openStage({
  forgetful = false,
  scene: others,
}: {
  readonly forgetful?: boolean;
  readonly scene?: Scene;
} = {}): Promise<Stage> {
  quietRuntime();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: server } },
  });
  const scenes = new Map<string, { scene: Scene; calls: Call[] }>();
  const bundle = await workflowBundle(lastingHome);
  const activities = Object.fromEntries(
    Object.entries(cast).map(([name, usual]) => [
      name,
      async (...given: unknown[]) => {
        const { workflowExecution, attempt, taskQueue } = activityInfo();
        const on = scenes.get(workflowExecution?.workflowId ?? '') ?? (others && { scene: others, calls: [] });
        if (on === undefined) throw new Error(`no scene has ${workflowExecution?.workflowId}`);
        on.calls.push({ name, queue: taskQueue, attempt, given });
        const part = on.scene[name as keyof Cast] as ((...given: unknown[]) => unknown) | undefined;
        return (part ?? (usual as (...given: unknown[]) => unknown)).apply({ attempt }, given);
      },
    ]),
  );
  const queues = [
    workerQueue,
    trainerQueue,
    fitQueue,
    fitQueueOf('large'),
    promptQueue,
    environmentQueue(oldEnvironment),
  ];
  const stops = new Map<string, () => Promise<void>>();
  const serve = async (taskQueue: string) => {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      activities,
      ...(taskQueue === workerQueue ? { workflowBundle: bundle } : {}),
      ...(forgetful ? { maxCachedWorkflows: 0 } : {}),
    });
    const ended = worker.run();
    stops.set(taskQueue, () => {
      worker.shutdown();
      return ended;
    });
  };
  await Promise.all(queues.map(serve));
  let performances = 0;

  return {
    serve,
    async perform(scene = {}, given = {}) {
      performances += 1;
      const day = new Date(Date.UTC(2024, 0, performances)).toISOString().slice(0, 10);
      const request: RetrainRequest = {
        model: 'loans',
        lineage: 'live',
        asOf: `${day}T00:00:00Z`,
        definitionVersion: 1,
        trigger: 'manual',
        ...given,
      };
      const workflowId = cycleId(request);
      const calls: Call[] = [];
      scenes.set(workflowId, { scene, calls });
      const handle = await environment.client.workflow.start(given.challenger === undefined ? 'retrain' : 'challenge', {
        workflowId,
        taskQueue: workerQueue,
        args: [request],
      });
      return {
        outcome: () => handle.result() as Promise<Outcome>,
        calls,
        names: () => calls.map(({ name }) => name),
        pending: async () =>
          ((await handle.describe()).raw.pendingActivities ?? []).map(
            ({ activityType, state }) => `${activityType?.name} ${state === taken ? 'started' : 'scheduled'}`,
          ),
        progress: () => handle.query<Progress>('progress'),
        retry: () => handle.signal('retry'),
        decided: () => handle.signal('decided'),
        turn: () => handle.signal('turn'),
        historyLength: async () => (await handle.fetchHistory()).events?.length ?? 0,
        called: async (name, times = 1) => {
          while (calls.filter((call) => call.name === name).length < times) await sleep(10);
        },
        cancel: (by, reason) => handle.signal('cancel', { by, reason }),
        cancelWorkflow: async () => {
          await handle.cancel();
        },
      };
    },
    async nobodyTakes(milliseconds) {
      const { testService } = environment.connection;
      await testService?.unlockTimeSkipping({});
      await environment.sleep(milliseconds);
      await testService?.lockTimeSkipping({});
    },
    pass: (milliseconds) => environment.sleep(milliseconds),
    client: environment.client,
    async defineNominalTime() {
      const { operatorService } = environment.connection;
      const searchAttributes = {
        TemporalScheduledStartTime: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
      };
      await operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
    },
    async stopWorker() {
      await stops.get(workerQueue)?.();
      return () => serve(workerQueue);
    },
    async close() {
      await Promise.all([...stops.values()].map((stop) => stop()));
      await environment.teardown();
    },
  };
}

/** A failure as the activities of both languages raise it. The server skips timers of workflows, not pauses between attempts. */
export const fails = (code: ErrorCode, message: string, retry: boolean): never => {
  throw ApplicationFailure.create({ type: code, message, nonRetryable: !retry, nextRetryDelay: '1 ms' });
};
