import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../cli/exitCodes.ts';
import { windowsOf } from '../../../gate/windows.ts';
import { claimCycle } from '../../../ledger/claimCycle.ts';
import { cycleById } from '../../../ledger/cycles.ts';
import { latestDefinition } from '../../../ledger/definitions.ts';
import { cycleId } from '../../../schemas/cycle.ts';
import type { Fault as WaitedFault } from '../../../schemas/steps.ts';
import { until } from '../../stack/testHome.ts';
import type { Asked, Fault } from './faultyProxy.ts';
import { asOf, useMarkedLoans } from './markedLoans.ts';

const { open, settings, client, ledger, proxy, command, apply, start, ended, retrain, inMlflow, expectNoRowValues } =
  await useMarkedLoans();

const failsInside: Fault = { status: 500, body: { error_code: 'INTERNAL_ERROR', message: 'broken' } };
const isOverloaded: Fault = { status: 503, body: { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'try later' } };

interface Outage {
  /** The first request that it meets. */
  readonly begins: (asked: Asked) => boolean;
  readonly fault: Fault;
}

/** One after the other, for two seconds each, which is longer than MLflow's own client tries. */
class Outages {
  readonly #ahead: Outage[];
  #since: number | undefined;

  constructor(outages: Outage[]) {
    this.#ahead = [...outages];
  }

  /** How many are not over. */
  get left(): number {
    return this.#ahead.length;
  }

  of(asked: Asked): Fault | undefined {
    if (this.#since !== undefined && Date.now() - this.#since > 2_000) {
      this.#ahead.shift();
      this.#since = undefined;
    }
    const [now] = this.#ahead;
    if (now === undefined) return undefined;
    if (this.#since === undefined && now.begins(asked)) this.#since = Date.now();
    return this.#since === undefined ? undefined : now.fault;
  }
}

describe('a cycle', () => {
  it('waits while MLflow is down or fails inside, and then ends well', async () => {
    await apply('outage');
    const outages = new Outages([
      { begins: ({ byTrainer }) => !byTrainer, fault: 'cut' },
      { begins: ({ byTrainer }) => !byTrainer, fault: failsInside },
      { begins: ({ byTrainer, method }) => byTrainer && method !== 'GET', fault: isOverloaded },
      { begins: ({ byTrainer, path }) => byTrainer && path.includes('artifacts'), fault: 'cut' },
    ]);
    proxy.fault = (asked) => outages.of(asked);
    const id = await start('outage');
    await until('MLflow has failed', () => outages.left < 4, { seconds: 200 });
    expect((await command('show', id)).stdout).toContain('running');
    expect(await ended(id)).toMatchObject({ status: 'promoted', attempt: 1, failure: null });
    expect(outages.left).toBe(0);
    expect(await inMlflow('outage')).toEqual({ versions: 1, runs: ['FINISHED, promoted'] });
  });
});

describe('a fault that lasts', () => {
  const noted: WaitedFault[] = [];
  let asked = 0;
  let wentOn = 0;
  let failsWith: string | null = null;

  beforeAll(async () => {
    const connection = await open(NativeConnection.connect({ address: settings.temporal.address }), (opened) =>
      opened.close(),
    );
    const worker = await Worker.create({
      connection,
      taskQueue: 'outlasting',
      workflowsPath: join(import.meta.dirname, 'outlastingWorkflow.ts'),
      activities: {
        ask: async () => {
          asked += 1;
          if (failsWith !== null) throw ApplicationFailure.create({ type: failsWith, message: 'It is down.' });
          return 'answered';
        },
        waits: async (fault: WaitedFault) => void noted.push(fault),
        goesOn: async () => {
          wentOn += 1;
        },
      },
    });
    const working = worker.run();
    await open(Promise.resolve(worker), async () => {
      worker.shutdown();
      await working;
    });
  });

  const begin = (pauses: number[]) =>
    client.workflow.start('outlastingStep', {
      taskQueue: 'outlasting',
      workflowId: `outlasting.${randomUUID()}`,
      args: [pauses],
    });

  it('is waited for visibly after a burst, and tried again when somebody says so', async () => {
    failsWith = 'SourceUnavailable';
    const handle = await begin([3_600_000]);
    await until('it waits', () => noted.length === 1);
    expect(asked).toBe(3);
    expect(noted[0]).toMatchObject({ step: 'ask', code: 'SourceUnavailable', message: 'It is down.' });
    await handle.signal('retry');
    await until('it waits again', () => noted.length === 2);
    expect([asked, wentOn]).toEqual([4, 0]);
    failsWith = null;
    await handle.signal('retry');
    expect(await handle.result()).toBe('answered');
    expect([asked, wentOn, noted.length]).toEqual([5, 1, 2]);
  });

  it('is tried again by itself, and a defect is not waited for', async () => {
    [asked, failsWith] = [0, 'SourceUnavailable'];
    const waiting = await begin([100, 200]);
    await until('it was tried again', () => asked >= 6);
    failsWith = null;
    expect(await waiting.result()).toBe('answered');
    [asked, failsWith] = [0, 'Internal'];
    await expect((await begin([100])).result()).rejects.toThrow(WorkflowFailedError);
    expect(asked).toBe(3);
  });

  it('ends with a reason where somebody cancels the cycle, and leaves no run that runs', async () => {
    await apply('given-up');
    proxy.fault = ({ byTrainer }) => (byTrainer ? 'cut' : undefined);
    const id = await start('given-up');
    await until('its run is open', async () => (await inMlflow('given-up')).runs.length === 1, { seconds: 200 });
    const because = 'the warehouse is being moved';
    const { code, stdout } = await command('cancel', id, '--reason', because);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${id}: cancelled. Cancelled by `)]);
    expect(stdout).toContain(because);
    proxy.fault = () => undefined;
    expect(await cycleById(ledger.db, id)).toMatchObject({ status: 'cancelled', waitsFor: null, failure: null });
    await until('MLflow followed', async () => (await inMlflow('given-up')).runs[0] === 'KILLED, cancelled');
    expect((await command('cancel', id, '--reason', because, '--json')).json()).toMatchObject({
      error: { code: 'UsageInvalid' },
    });
    expect(await retrain('given-up')).toMatchObject({ status: 'promoted', attempt: 2 });
  });

  it('is cancelled in the ledger where no workflow is left', async () => {
    await apply('orphan');
    const stored = await latestDefinition(ledger.db, 'orphan');
    if (stored === undefined) throw new Error('not applied');
    const windows = windowsOf(`${asOf}T00:00:00Z`, stored.definition.windows);
    const key = { model: 'orphan', lineage: 'live', asOf: `${asOf}T00:00:00Z`, definitionVersion: 1 };
    const id = cycleId(key);
    await claimCycle(ledger.db, { id, ...key, trigger: 'manual', windows, attemptToken: 'terminated' });
    expect((await command('retry', id)).code).toBe(exitCodes.badInput);
    expect((await command('cancel', id, '--reason', 'it was terminated')).code).toBe(0);
    expect(await cycleById(ledger.db, id)).toMatchObject({
      status: 'cancelled',
      summary: expect.stringContaining('it was terminated'),
    });
  });
});

it("no row's value is left behind in any log of Reign, in the ledger and in any workflow history", async () => {
  expect(await expectNoRowValues()).toBeGreaterThan(3);
});
