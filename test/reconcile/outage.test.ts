import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import type { Activities } from '../../activities/create.ts';
import { scheduledActivities } from '../../activities/scheduled.ts';
import { wakeNextInTurn } from '../../activities/wake.ts';
import { attemptOfToken } from '../../ledger/claimCycle.ts';
import { cyclesOf } from '../../ledger/cycles.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { installationId } from '../../ledger/reconciliations.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { schedulePeriods } from '../../ledger/schedulePeriods.ts';
import { matchSchedule } from '../../orchestrator/matchSchedule.ts';
import { ensureReconcileSchedule } from '../../orchestrator/reconcileSchedule.ts';
import { dueTimes } from '../../reconcile/missedTimes.ts';
import { reconcileLedger } from '../../reconcile/reconcile.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { workerQueue } from '../../schemas/queues.ts';
import { Schedule } from '../../schemas/schedule.ts';
import { pythonBin } from '../../settings/home.ts';
import { freePort } from '../../stack/ports.ts';
import { workflowBundle } from '../../worker/workflowBundle.ts';
import { definition, model } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { justAfter } from '../schedule/justAfter.ts';
import { lastingHome, until } from '../stack/testHome.ts';
import { quietRuntime } from '../workflows/quietRuntime.ts';

const actor = osUser('ada');
const newScheduler = [
  ...['--dynamic-config-value', 'history.enableCHASMSchedulerCreation=true'],
  ...['--dynamic-config-value', 'history.chasmSchedulerCreationRolloutPercent=100'],
];

/** A Temporal that can be killed, and started again with what it knew. */
async function temporal(
  options: readonly string[],
): Promise<AsyncDisposable & { readonly address: string; start(): Promise<Client>; kill(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'reign-outage-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  const start = async () => {
    const place = ['--headless', '--port', String(port), '--db-filename', join(folder, 'temporal.db')];
    const args = ['server', 'start-dev', ...place, '--log-level', 'never', ...options];
    server = spawn(join(pythonBin, 'temporal'), args, { stdio: 'ignore' });
    for (;;) {
      const connection = await Connection.connect({ address, connectTimeout: '1s' }).catch(() => undefined);
      const there = await connection?.workflowService
        .describeNamespace({ namespace: 'default' })
        .catch(() => undefined);
      if (connection !== undefined && there !== undefined) return new Client({ connection });
      await connection?.close();
      await sleep(100);
    }
  };
  const kill = async () => {
    if (server === undefined || server.exitCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const gone = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { address, start, kill, [Symbol.asyncDispose]: gone };
}

// Side by side: they mostly wait.
test.concurrent.each([
  ['Temporal', []],
  ['the new scheduler of Temporal', newScheduler],
])(
  'worker and %s are down in between: each nominal time has one cycle, and none is called missed',
  async (_, options) => {
    quietRuntime();
    await using ledger = await withLedger();
    const { db } = ledger;
    const open = { db, close: async () => {} };
    await using server = await temporal(options);
    const { address, start, kill } = server;
    // It connects again by itself: closing it would end questions that are under way.
    const client = await start();
    await ensureReconcileSchedule(client, { installation: await installationId(db), everySeconds: 86_400 });
    const apply = async (schedule: object) => {
      const applied = { codeHash: null, columns: [], appliedBy: actor };
      await storeDefinition(db, { ...applied, definition: { ...definition(), ...schedule } });
      await matchSchedule({ ledger: open, client, actor }, model);
    };
    const cycles: Pick<Activities, 'plan' | 'record'> = {
      plan: async () => ({ kind: 'settled', status: 'kept', summary: 'kept' }),
      record: async (request, outcome, { token }) => {
        const id = cycleId(request);
        const attempt = await attemptOfToken(db, id, token);
        const { status, summary } = outcome;
        await recordOutcome(db, id, { status, summary, ...(attempt === undefined ? {} : { attempt }) });
        await wakeNextInTurn(db, request);
        return outcome;
      },
    };
    const working = async (work: () => Promise<unknown>) => {
      const connection = await NativeConnection.connect({ address });
      const worker = await Worker.create({
        connection,
        taskQueue: workerQueue,
        workflowBundle: await workflowBundle(lastingHome),
        activities: { ...scheduledActivities({ ledger: open }), ...cycles },
      });
      await worker.runUntil(work);
      await connection.close();
    };
    const absent = () => {
      throw new Error('not asked');
    };
    const stop = new AbortController();
    const missed: string[] = [];
    const reconciling = (async () => {
      while (!stop.signal.aborted) {
        const parts = { tracker: absent, store: absent, client: async () => client };
        const { discrepancies } = await reconcileLedger({ ledger: open, repair: actor, grace: 1500 }, parts);
        missed.push(...discrepancies.map(({ kind, text }) => `${kind}: ${text}`));
        await sleep(300);
      }
    })();

    await justAfter(2);
    await apply({ schedule: Schedule.parse({ interval: 'PT2S' }) });
    const begun = Date.now();
    await working(() => sleep(4000));
    await sleep(3000);
    await kill();
    await sleep(6000);
    await (await start()).connection.close();
    await sleep(2000);
    let due: string[] = [];
    await working(async () => {
      await sleep(4000);
      await apply({});
      due = dueTimes(await schedulePeriods(db, model), undefined, Date.now());
      expect(due.length).toBeGreaterThanOrEqual(7);
      const ended = async () =>
        (await cyclesOf(db, model)).flatMap(({ asOf, endedAt }) => (endedAt === null ? [] : asOf)).toSorted();
      const told = async () => JSON.stringify(await ended()) === JSON.stringify(due);
      await until('every nominal time has its row', told, { seconds: 300 });
    });
    stop.abort();
    await reconciling;
    // Temporal may not have come to the last time of all, nor to one that came while the schedule was made.
    const uncertain = due.filter((asOf, at) => at === due.length - 1 || Date.parse(asOf) <= begun);
    const others = (await cyclesOf(db, model)).filter(({ asOf }) => !uncertain.includes(asOf));
    expect(others.filter(({ status }) => status !== 'kept')).toEqual([]);
    expect(missed.filter((text) => !uncertain.some((asOf) => text.includes(asOf)))).toEqual([]);
    await client.connection.close();
  },
);
