import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { google } from '@temporalio/proto';
import { MockActivityEnvironment, TestWorkflowEnvironment } from '@temporalio/testing';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { reconcileActivities } from '../../activities/reconcile.ts';
import type { World } from '../../activities/world.ts';
import { backfillById, startBackfill, storePlan } from '../../ledger/backfills.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { cycleById, cyclesOf } from '../../ledger/cycles.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { installationId } from '../../ledger/reconciliations.ts';
import { recordMissed } from '../../ledger/recordMissed.ts';
import { storeRetirement } from '../../ledger/retirements.ts';
import { openPeriod } from '../../ledger/schedulePeriods.ts';
import { perform } from '../../operations/operation.ts';
import { pauseScheduleOperation, resumeScheduleOperation } from '../../operations/pauseSchedule.ts';
import { reconcileOperation } from '../../operations/reconcile.ts';
import { matchSchedule, scheduleId } from '../../orchestrator/matchSchedule.ts';
import { takeTemporal } from '../../orchestrator/ownTemporal.ts';
import { ensureReconcileSchedule, reconcileScheduleId } from '../../orchestrator/reconcileSchedule.ts';
import { compareCycles } from '../../reconcile/lostCycles.ts';
import { findMissedTimes } from '../../reconcile/missedTimes.ts';
import { findDiscrepancies, reconcileLedger } from '../../reconcile/reconcile.ts';
import { osUser } from '../../schemas/actor.ts';
import { Schedule } from '../../schemas/schedule.ts';
import { projectFolder } from '../../settings/home.ts';
import type { KnownSettings } from '../../settings/settings.ts';
import type { Store } from '../../store/openStore.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { plan } from '../ledger/backfillPlan.ts';
import { crown, definition, identity, judge, model, prepare, apply as storeApplied, windows } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { crons } from '../schedule/crons.ts';
import { justAfter } from '../schedule/justAfter.ts';
import { quietRuntime } from '../workflows/quietRuntime.ts';

const actor = osUser('ada');
let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  quietRuntime();
  const path = join(import.meta.dirname, '../../.reign/python/bin/temporal');
  environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path } },
  });
});

afterAll(async () => environment?.teardown());

/** A ledger of the test's own, to which the namespace belongs. */
async function installed({ db }: TestLedger, grace = 0) {
  const { client } = environment;
  const ledger = { db, close: async () => {} };
  await ensureReconcileSchedule(client, { installation: await installationId(db), everySeconds: 86_400 });
  const absent = () => {
    throw new Error('it is down');
  };
  const [world, parts] = [
    { ledger, repair: actor, grace },
    { tracker: absent, store: absent, client: async () => client },
  ];
  const apply = async (schedule: object | undefined) => {
    const more = schedule === undefined ? {} : { schedule: Schedule.parse(schedule) };
    const applied = { codeHash: null, columns: [], appliedBy: actor };
    await storeDefinition(db, { ...applied, definition: { ...definition(), ...more } });
    return await matchSchedule({ ledger, client, actor }, model);
  };
  return {
    ledger,
    apply,
    context: { ledger, actor, temporal: async () => client, now: () => new Date() },
    handle: client.schedule.getHandle(scheduleId(model)),
    look: () => findDiscrepancies(world, parts),
    parts,
    reconcile: () => reconcileLedger(world, parts),
    found: async () =>
      (await reconcileLedger(world, parts)).discrepancies.map(({ kind, outcome }) => `${kind} ${outcome}`),
    events: (kind: string) =>
      db.selectFrom('events').select('detail').where('model', '=', model).where('kind', '=', kind).execute(),
    [Symbol.asyncDispose]: async () => void (await apply(undefined)),
  };
}

/** Starts a worker, and waits for its end. */
const startWorker = async ({ url }: TestLedger): Promise<{ code: unknown; stderr: string }> => {
  const home = mkdtempSync(join(tmpdir(), 'reign-worker-'));
  const env = {
    ...{ PATH: process.env.PATH, REIGN_HOME: home, REIGN_LEDGER_URL: url, MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' },
    ...{ TEMPORAL_ADDRESS: environment.address, TEMPORAL_CONFIG_FILE: join(home, 'none.toml') },
  };
  const program = [join(projectFolder, 'worker/worker.ts')];
  const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, program, { env, timeout: 200_000 }, (error, _, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
  rmSync(home, { recursive: true });
  return ended;
};

/** A cycle that runs by the ledger alone. */
async function begin({ db }: TestLedger, attemptToken = 'run 1') {
  await storeApplied(db);
  return await claimCycle(db, { ...identity({ week: 1 }), trigger: 'demo', windows: windows(1), attemptToken });
}

test('a part that is down is said to be unchecked, and the others are compared', async () => {
  await using ledger = await withLedger();
  await using installation = await installed(ledger);
  await installation.apply({ cron: '0 6 * * MON' });
  await installation.handle.delete();
  expect(await installation.reconcile()).toMatchObject({
    discrepancies: [{ kind: 'schedule-missing', outcome: 'repaired' }],
    unchecked: [
      { part: 'MLflow', reason: 'it is down' },
      { part: 'store', reason: 'it is down' },
    ],
  });
});

test('a model that somebody else projects for long keeps no other part from being compared', async () => {
  await using ledger = await withLedger();
  await using installation = await installed(ledger);
  await installation.apply({ cron: '0 6 * * MON' });
  await installation.handle.delete();
  const held = { name: `project ${model}`, owner: 'a worker', fence: 1, expires_at: 'infinity' };
  await ledger.db.insertInto('leases').values(held).execute();
  const { client } = environment;
  const parts = { tracker: () => openTracker('http://127.0.0.1:9'), client: async () => client };
  const store = () => {
    throw new Error('it is down');
  };
  const world = { ledger: installation.ledger, repair: actor, grace: 0 };
  expect(await reconcileLedger(world, { ...parts, store })).toMatchObject({
    discrepancies: [{ kind: 'schedule-missing', outcome: 'repaired' }],
    unchecked: [
      { part: 'MLflow', reason: expect.stringContaining('a worker held it last') },
      { part: 'MLflow', reason: expect.stringContaining('does not answer') },
      { part: 'store' },
    ],
  });
});

test('the Temporal of another ledger is not compared: every cycle would look lost', async () => {
  await using ledger = await withLedger();
  await using installation = await installed(ledger);
  const { id } = (await begin(ledger)).cycle;
  const { client } = environment;
  const schedule = client.schedule.getHandle(reconcileScheduleId);
  const why = async () => (await installation.reconcile()).unchecked.find(({ part }) => part === 'Temporal')?.reason;
  await schedule.delete();
  expect(await why()).toBe('No worker of this ledger has run in the Temporal namespace default yet');
  try {
    await ensureReconcileSchedule(client, { installation: 'another', everySeconds: 86_400 });
    expect(await why()).toContain('namespace default belongs to another ledger');
    // A worker with the wrong settings does not take it over.
    await expect(
      ensureReconcileSchedule(client, { installation: await installationId(ledger.db), everySeconds: 86_400 }),
    ).rejects.toMatchObject({ code: 'SettingInvalid', situation: 'otherLedger' });
    expect(await why()).toContain('another ledger');
    expect(await startWorker(ledger)).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^error\[SettingInvalid\]: .*the Temporal namespace default belongs to another ledger/,
      ),
    });
  } finally {
    // The namespace is that of the tests that follow.
    await schedule.delete();
  }
  expect(await cycleById(ledger.db, id)).toMatchObject({ status: 'running' });
});

test('an empty namespace that the ledger did not work with closes no cycle and gets no schedule until a person says that Temporal was moved', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await using installation = await installed(ledger, 0);
  const { id } = (await begin(ledger)).cycle;
  await installation.apply({ cron: '0 6 * * MON' });
  await takeTemporal(environment.client, db, 86_400);
  const { connection } = environment;
  const namespace = 'moved-to';
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: google.protobuf.Duration.fromObject({ seconds: 86_400 }),
  });
  const client = new Client({ connection, namespace });
  const listed = async () => {
    const ids: string[] = [];
    for await (const { scheduleId: one } of client.schedule.list()) ids.push(one);
    return ids;
  };
  const context = {
    ...{ ledger: installation.ledger, actor, temporal: async () => client, onEvent: () => {} },
    ...{ tracker: null, store: {} as Store, settings: {} as KnownSettings },
  };
  // A new namespace is known everywhere a moment later.
  await expect.poll(() => listed().catch(() => undefined)).toEqual([]);
  await expect(takeTemporal(client, db, 86_400)).rejects.toMatchObject({ situation: 'otherTemporal' });
  const { unchecked } = await perform(reconcileOperation, context, {});
  expect(unchecked.find(({ part }) => part === 'Temporal')?.reason).toContain('reign reconcile --moved-temporal');
  expect(await cycleById(db, id)).toMatchObject({ status: 'running' });
  expect(await listed()).toEqual([]);

  await perform(reconcileOperation, context, { movedTemporal: true });
  const parts = { ...installation.parts, client: async () => client };
  const { discrepancies } = await reconcileLedger({ ledger: installation.ledger, repair: actor, grace: 0 }, parts);
  expect(discrepancies).toMatchObject([{ kind: 'workflow-gone', outcome: 'repaired', cycle: id }]);
  await takeTemporal(client, db, 86_400);
  await expect.poll(listed).toHaveLength(2);
  expect((await installation.reconcile()).unchecked.map(({ part }) => part)).toContain('Temporal');
  for (const one of await listed()) await client.schedule.getHandle(one).delete();
});

test('a reconcile that takes long tells Temporal that it is still there, and that of another ledger is refused', async () => {
  await using ledger = await withLedger();
  const beaten = Promise.withResolvers<void>();
  const describe = async () => {
    vi.advanceTimersByTime(20_000);
    await beaten.promise;
    throw new Error('it is down');
  };
  const client = { options: { namespace: 'default' }, schedule: { getHandle: () => ({ describe }) } };
  const world = { ledger: { db: ledger.db, close: async () => {} }, log: pino({ level: 'silent' }) };
  const { reconcile } = reconcileActivities(world as unknown as World, client as unknown as Client);
  const activity = new MockActivityEnvironment();
  activity.on('heartbeat', () => beaten.resolve());
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await expect(activity.run(reconcile, 'another')).rejects.toMatchObject({ situation: 'otherLedger' });
    expect(await activity.run(reconcile, await installationId(ledger.db))).toMatchObject({ repaired: 0 });
  } finally {
    vi.useRealTimers();
  }
});

describe('a schedule in Temporal', () => {
  test('that says what the definition says is left alone, whichever cron it is', async () => {
    await using ledger = await withLedger();
    await using installation = await installed(ledger);
    for (const cron of crons) {
      const change = await installation.apply({ cron, timeZone: 'America/New_York' });
      expect([cron, change]).toEqual([cron, cron === crons[0] ? 'created' : 'updated']);
      expect([cron, await installation.found()]).toEqual([cron, []]);
    }
    await installation.apply({ interval: 'P7D', phase: 'PT6H' });
    expect(await installation.found()).toEqual([]);
  });

  test('that was changed by hand is put back, whatever was changed', async () => {
    await using ledger = await withLedger();
    await using installation = await installed(ledger);
    await installation.apply({ cron: '0 6 * * MON', timeZone: 'Europe/Berlin' });
    const { handle } = installation;
    const { action, policies, spec } = await handle.describe();
    const changes: Parameters<typeof handle.update>[0][] = [
      ({ state }) => ({
        spec: { cronExpressions: ['0 7 * * MON'], timezone: 'Europe/Berlin' },
        action,
        policies,
        state,
      }),
      ({ state }) => ({ spec: { cronExpressions: ['0 6 * * MON'] }, action, policies, state }),
      ({ state }) => ({ spec: { ...spec, endAt: new Date('2030-01-01') } as never, action, policies, state }),
      ({ state }) => ({ spec: spec as never, action, policies: { ...policies, overlap: 'SKIP' }, state }),
      ({ state }) => ({ spec: spec as never, action, policies, state: { ...state, remainingActions: 3 } }),
      ({ state }) => ({ spec: spec as never, action: { ...action, args: [{ model: 'another' }] }, policies, state }),
    ];
    for (const change of changes) {
      await handle.update(change);
      expect((await installation.look()).discrepancies).toMatchObject([{ kind: 'schedule-changed', outcome: 'found' }]);
      expect(await installation.found()).toEqual(['schedule-changed repaired']);
      expect(await handle.describe()).toMatchObject({ spec, policies, state: { paused: false } });
      expect(await installation.found()).toEqual([]);
    }
    expect(await installation.events('schedule-changed')).toHaveLength(changes.length);
  });

  test('that was paused by hand stays paused, and is named once; a pause of Reign’s that is over ends', async () => {
    await using ledger = await withLedger();
    await using installation = await installed(ledger);
    const { handle, context } = installation;
    await installation.apply({ cron: '0 6 * * MON' });
    await handle.pause('the warehouse moves');
    expect(await installation.found()).toEqual(['schedule-paused recorded']);
    expect(await installation.found()).toEqual(['schedule-paused known']);
    expect(await installation.events('schedule-paused')).toEqual([{ detail: { note: 'the warehouse moves' } }]);
    expect((await handle.describe()).state.paused).toBe(true);
    await perform(resumeScheduleOperation, context, { model, reason: 'moved' });
    expect(await installation.found()).toEqual([]);

    await perform(pauseScheduleOperation, context, { model, reason: 'holidays' });
    await handle.unpause();
    expect(await installation.found()).toEqual(['schedule-changed repaired']);
    const paused = await handle.describe();
    expect(paused.state).toMatchObject({ paused: true });
    await perform(resumeScheduleOperation, context, { model, reason: 'back' });
    // As if Temporal had not answered when it was resumed.
    await handle.pause(paused.state.note);
    expect(await installation.found()).toEqual(['schedule-changed repaired']);
    expect((await handle.describe()).state.paused).toBe(false);
  });

  test('that an apply or a pause has not changed yet is changed in the name of whoever asked, and nothing is reported', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await using installation = await installed(ledger, 60_000);
    const { handle } = installation;
    await installation.apply({ cron: '0 6 * * MON' });
    // The first step of an apply; whoever applied died then.
    const later = { ...definition(), schedule: Schedule.parse({ cron: '0 7 * * MON' }) };
    await storeDefinition(db, { codeHash: null, columns: [], definition: later, appliedBy: osUser('eve') });
    const other = { ledger: installation.ledger, repair: osUser('otto'), grace: 60_000 };
    const found = async () => (await reconcileLedger(other, installation.parts)).discrepancies;
    expect((await installation.look()).discrepancies).toEqual([]);
    expect(await found()).toEqual([]);
    expect(await openPeriod(db, model)).toMatchObject({ by: 'person:eve@os-user', schedule: { cron: '0 7 * * MON' } });
    expect((await handle.describe()).spec.calendars?.[0]?.hour).toMatchObject([{ start: 7 }]);
    // The same of a pause.
    await perform(pauseScheduleOperation, installation.context, { model, reason: 'holidays' });
    await handle.unpause();
    expect(await found()).toEqual([]);
    expect((await handle.describe()).state.paused).toBe(true);
    expect(await installation.events('schedule-changed')).toEqual([]);
    expect(await db.selectFrom('actors').select('id').where('name', '=', 'otto').execute()).toEqual([]);
  });

  test('that was made by hand for a model that has one is named, and left alone', async () => {
    await using ledger = await withLedger();
    await using installation = await installed(ledger);
    await installation.apply({ cron: '0 6 * * MON' });
    const { action } = await installation.handle.describe();
    const second = await environment.client.schedule.create({
      ...{ scheduleId: 'my own', spec: { cronExpressions: ['0 5 * * *'] } },
      action: { ...action, args: [{ model }] },
      state: { paused: true },
    });
    try {
      // Temporal lists a new schedule a moment later.
      await expect.poll(installation.found).toEqual(['schedule-unknown recorded']);
      expect(await installation.found()).toEqual(['schedule-unknown known']);
      expect((await second.describe()).scheduleId).toBe('my own');
    } finally {
      await second.delete();
    }
  });
});

describe('a nominal time', () => {
  test('that passed while the schedule was away becomes a skipped row, once, and the schedule returns', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await using installation = await installed(ledger);
    await installation.apply({ interval: 'PT2S' });
    await installation.handle.delete();
    await sleep(5000);
    const { discrepancies } = await installation.reconcile();
    const missed = discrepancies.filter(({ kind }) => kind === 'schedule-missed');
    expect(missed.length).toBeGreaterThanOrEqual(2);
    expect(missed.map(({ outcome }) => outcome)).toEqual(missed.map(() => 'recorded'));
    expect(discrepancies[0]).toMatchObject({ kind: 'schedule-missing', outcome: 'repaired' });
    const rows = await cyclesOf(db, model);
    // Those that Temporal had started before have starters that wait for a worker.
    expect(rows.map(({ id }) => id).toSorted()).toEqual(missed.map(({ cycle }) => cycle).toSorted());
    for (const row of rows)
      expect(row).toMatchObject({
        ...{ status: 'skipped', trigger: 'schedule', attempt: 1 },
        summary: 'Skipped: Temporal had no schedule for the model.',
      });
    await installation.handle.pause();
    const before = rows.map(({ asOf }) => asOf);
    await installation.found();
    const again = (await cyclesOf(db, model)).filter(({ asOf }) => before.includes(asOf));
    expect(again).toEqual(rows);
  });

  test('whose starter waits for a worker is not missed yet; it is where the starter was terminated', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { client } = environment;
    await using installation = await installed(ledger);
    await justAfter(3);
    await installation.apply({ interval: 'PT3S' });
    const from = Date.now();
    const begun = () => installation.handle.describe().then(({ info }) => info.recentActions);
    await expect.poll(async () => (await begun()).length).toBeGreaterThanOrEqual(2);
    await installation.handle.pause();
    await installation.found();
    expect((await cyclesOf(db, model)).filter(({ asOf }) => Date.parse(asOf) > from)).toEqual([]);
    const starters = (await begun()).map(({ action }) => action.workflow.workflowId);
    for (const id of starters) await client.workflow.getHandle(id).terminate();
    await installation.reconcile();
    const rows = (await cyclesOf(db, model)).filter(({ summary }) => summary?.includes('TERMINATED'));
    expect(rows.map(({ asOf }) => `scheduled.${model}-${asOf}`).toSorted()).toEqual(starters.toSorted());
    for (const row of rows)
      expect(row).toMatchObject({
        status: 'skipped',
        summary: 'Skipped: the workflow that starts it ended in Temporal as TERMINATED.',
      });
  });

  test.each([
    ['has not come past it', { nextActionTimes: [new Date(0)] }, 0, 0],
    ['has starts in its buffer', { nextActionTimes: [new Date('2100-01-01')] }, 3, 0],
    ['has come past it and starts nothing', { nextActionTimes: [new Date('2100-01-01')] }, 0, 1],
  ])('is not missed as long as a Temporal that catches up %s', async (_, info, bufferSize, least) => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await using installation = await installed(ledger);
    await installation.apply({ interval: 'PT1S' });
    await sleep(1500);
    const unknown = async () => {
      throw new WorkflowNotFoundError('gone', '', undefined);
    };
    const there = await installation.handle.describe();
    const described = { ...there, info: { ...there.info, ...info }, raw: { info: { bufferSize } } };
    const client = {
      schedule: { getHandle: () => ({ describe: async () => described }) },
      workflow: { getHandle: () => ({ describe: unknown }) },
    } as unknown as Client;
    await findMissedTimes({ ledger: installation.ledger, grace: 0, repair: actor, client });
    expect((await cyclesOf(db, model)).length).toBeGreaterThanOrEqual(least);
    if (least === 0) expect(await cyclesOf(db, model)).toEqual([]);
  });

  test('is not missed where Temporal does not know the schedule yet, because it has just been started', async () => {
    await using ledger = await withLedger();
    await using installation = await installed(ledger);
    await installation.apply({ interval: 'PT1S' });
    await sleep(1500);
    const notYet = async () => {
      throw new ScheduleNotFoundError('not found', scheduleId(model));
    };
    const unknown = async () => {
      throw new WorkflowNotFoundError('gone', '', undefined);
    };
    const client = {
      schedule: { getHandle: () => ({ describe: notYet }) },
      workflow: { getHandle: () => ({ describe: unknown }) },
    } as unknown as Client;
    await findMissedTimes({ ledger: installation.ledger, grace: 0, repair: actor, client });
    expect(await cyclesOf(ledger.db, model)).toEqual([]);
  });

  test('that has a cycle of another definition version is not missed', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await begin(ledger);
    const { id: _, ...week } = identity({ week: 1 });
    const missed = { ...week, definitionVersion: 2, id: `${model}.2`, windows: windows(1), summary: 'Skipped.' };
    await storeApplied(db, 'second');
    expect(await recordMissed(db, missed)).toBe(false);
    expect(await cyclesOf(db, model)).toHaveLength(1);
  });

  test('that lay in a pause of Reign’s is not missed', async () => {
    await using ledger = await withLedger();
    await using installation = await installed(ledger);
    await installation.apply({ cron: '0 6 1 1 *' });
    await perform(pauseScheduleOperation, installation.context, { model, reason: 'holidays' });
    await installation.apply({ interval: 'PT2S' });
    await sleep(3500);
    expect(await installation.found()).toEqual([]);
    expect(await cyclesOf(ledger.db, model)).toEqual([]);
  });
});

describe('a cycle that Temporal does not know', () => {
  const { id } = identity({ week: 1 });

  test('is closed as failed, but not right after it began', async () => {
    await using ledger = await withLedger();
    await using patient = await installed(ledger, 60_000);
    await begin(ledger);
    expect(await patient.found()).toEqual([]);
    expect(await cycleById(ledger.db, id)).toMatchObject({ status: 'running' });
    await using hasty = await installed(ledger, 0);
    expect((await hasty.look()).discrepancies).toMatchObject([{ kind: 'workflow-gone', outcome: 'found', cycle: id }]);
    expect(await cycleById(ledger.db, id)).toMatchObject({ status: 'running' });
    // Two at once: one of them closes it.
    const both = await Promise.all([hasty.found(), hasty.found()]);
    expect(both.flat()).toEqual(['workflow-gone repaired']);
    expect(await cycleById(ledger.db, id)).toMatchObject({
      status: 'failed',
      summary: `Temporal no longer knows the workflow of ${id}`,
      failure: { code: 'WorkflowGone' },
    });
    expect(await hasty.found()).toEqual([]);
  });

  test('gives the turn to the next one of its lineage', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await begin(ledger);
    const { id: next, ...week } = identity({ week: 2 });
    const claimed = { id: next, ...week, trigger: 'schedule', windows: windows(2), attemptToken: 'run' } as const;
    await claimCycle(db, claimed);
    await db.updateTable('cycles').set({ status: 'waiting', waits_for: 'turn' }).where('id', '=', next).execute();
    await using installation = await installed(ledger, 0);
    const told: string[] = [];
    const getHandle = (workflow: string) => ({
      describe: async () => {
        if (workflow === next) return { status: { name: 'RUNNING' } };
        throw new WorkflowNotFoundError('gone', workflow, undefined);
      },
      signal: async (name: string) => void told.push(`${workflow} ${name}`),
    });
    const client = { workflow: { getHandle } } as unknown as Client;
    expect(await compareCycles({ ledger: installation.ledger, grace: 0, repair: actor, client })).toHaveLength(1);
    expect(told).toEqual([`${next} turn`]);
  });

  test('is promoted where it had promoted its version, and nobody is told to run it again', async () => {
    await using ledger = await withLedger();
    const actor = { db: ledger.db, week: 1 };
    await storeApplied(ledger.db);
    await prepare(actor);
    await crown(actor, await judge(actor));
    await using installation = await installed(ledger, 0);
    const advice = async (repair: ReturnType<typeof osUser> | null) => {
      const describe = () => Promise.reject(new WorkflowNotFoundError('gone', id, undefined));
      const client = { workflow: { getHandle: () => ({ describe }) } } as unknown as Client;
      const found = await compareCycles({ ledger: installation.ledger, grace: 0, repair, client });
      return found.map((one) => one.advice);
    };
    const ends = 'It had promoted its version, so it ends as promoted.';
    expect(await advice(null)).toEqual([`End it with reign reconcile. ${ends}`]);
    expect(await advice(osUser('ada'))).toEqual([ends]);
    expect(await cycleById(ledger.db, id)).toMatchObject({ status: 'promoted' });
  });

  test('is left alone where it was started again while Temporal was asked', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await begin(ledger);
    await using installation = await installed(ledger, 0);
    const describe = async () => {
      await begin(ledger, 'run 2');
      throw new WorkflowNotFoundError('gone', id, undefined);
    };
    const client = { workflow: { getHandle: () => ({ describe }) } } as unknown as Client;
    expect(await compareCycles({ ledger: installation.ledger, grace: 0, repair: actor, client })).toEqual([]);
    expect(await cycleById(db, id)).toMatchObject({ status: 'running', attempt: 2 });
  });
});

test('a cycle of a model that was retired while Temporal was down is asked to end, once', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await using installation = await installed(ledger);
  const { id } = (await begin(ledger)).cycle;
  const { client } = environment;
  const workflow = await client.workflow.start('retrain', { workflowId: id, taskQueue: 'nobody', args: [] });
  await storeRetirement(db, { model, definitionVersion: 1, reason: 'replaced', actor });
  expect((await installation.look()).discrepancies).toMatchObject([{ kind: 'retirement-unheard', outcome: 'found' }]);
  expect(await installation.found()).toEqual(['retirement-unheard repaired']);
  expect(await installation.found()).toEqual([]);
  const { events } = await workflow.fetchHistory();
  const signals = events?.flatMap(({ workflowExecutionSignaledEventAttributes: it }) => it?.signalName ?? []);
  expect(signals).toEqual(['cancel']);
  await workflow.terminate();
});

test('a backfill whose workflow is gone has failed; it ends when nothing of it runs any more, and once', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await storeApplied(db);
  const { id } = await storePlan(db, plan(), { actor });
  await startBackfill(db, id, { actor, reason: 'what if' });
  await using installation = await installed(ledger, 0);
  await using patient = await installed(ledger, 60_000);
  expect(await patient.found()).toEqual([]);
  expect((await installation.look()).discrepancies).toMatchObject([{ kind: 'backfill-gone', outcome: 'found' }]);
  expect(await backfillById(db, id)).toMatchObject({ status: 'running' });
  expect(await installation.found()).toEqual(['backfill-gone repaired']);
  expect(await backfillById(db, id)).toMatchObject({
    status: 'failed',
    summary: 'Stopped: its workflow is gone. 3 dates: 3 not begun.',
    endedAt: expect.any(String),
  });
  expect(await installation.found()).toEqual([]);
});
