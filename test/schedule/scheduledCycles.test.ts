import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activities } from '../../activities/create.ts';
import { scheduledActivities } from '../../activities/scheduled.ts';
import { wakeNextInTurn } from '../../activities/wake.ts';
import { attemptOfToken } from '../../ledger/claimCycle.ts';
import { cyclesOf } from '../../ledger/cycles.ts';
import type { Database } from '../../ledger/database.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { schedulePeriods } from '../../ledger/schedulePeriods.ts';
import { perform } from '../../operations/operation.ts';
import { pauseScheduleOperation, resumeScheduleOperation } from '../../operations/pauseSchedule.ts';
import { retireOperation } from '../../operations/retire.ts';
import { scheduleOperation } from '../../operations/schedule.ts';
import { matchSchedule, scheduleId } from '../../orchestrator/matchSchedule.ts';
import { nominalTimes, timingOf } from '../../schedule/nominalTimes.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { instantOf } from '../../schemas/durations.ts';
import { workerQueue } from '../../schemas/queues.ts';
import { Schedule } from '../../schemas/schedule.ts';
import { workflowBundle } from '../../worker/workflowBundle.ts';
import { runCommand } from '../cli/runCommand.ts';
import { definition } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { lastingHome } from '../stack/testHome.ts';
import { quietRuntime } from '../workflows/quietRuntime.ts';
import { justAfter } from './justAfter.ts';

const model = 'flight-delay';
const actor = osUser('ada');
let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleOption;

beforeAll(async () => {
  quietRuntime();
  const path = join(import.meta.dirname, '../../.reign/python/bin/temporal');
  environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path } },
  });
  bundle = await workflowBundle(lastingHome);
});

afterAll(async () => environment?.teardown());

/** What the operations need, with a ledger of the test's own. */
function asking({ db }: TestLedger) {
  const client = environment.client;
  const ledger = { db, close: async () => {} };
  const context = { ledger, actor, temporal: async () => client, now: () => new Date() };
  const settings = async (schedule: object | undefined) => {
    const more = schedule === undefined ? {} : { schedule: Schedule.parse(schedule) };
    const applied = { codeHash: null, columns: [], appliedBy: actor };
    await storeDefinition(db, { ...applied, definition: { ...definition(), ...more } });
  };
  const match = () => matchSchedule({ ledger, client, actor }, model);
  const apply = async (schedule: object | undefined) => {
    await settings(schedule);
    return await match();
  };
  const there = () => client.schedule.getHandle(scheduleId(model)).describe();
  const pause = () => perform(pauseScheduleOperation, context, { model, reason: 'holidays' });
  const resume = () => perform(resumeScheduleOperation, context, { model, reason: 'back' });
  const shown = () => perform(scheduleOperation, context, { model });
  const retire = () => perform(retireOperation, context, { model, reason: 'replaced' });
  return { context, retire, settings, match, apply, there, pause, resume, shown, gone: () => apply(undefined) };
}

/** A worker whose cycles do nothing but take some time, or until something has happened, and end as kept. */
async function working<T>(db: Kysely<Database>, takes: number | Promise<void>, work: () => Promise<T>): Promise<T> {
  const cycles: Pick<Activities, 'plan' | 'record'> = {
    plan: async () => {
      await (typeof takes === 'number' ? sleep(takes) : takes);
      return { kind: 'settled', status: 'kept', summary: 'kept' };
    },
    record: async (request, outcome, { token }) => {
      const id = cycleId(request);
      const attempt = await attemptOfToken(db, id, token);
      const { status, summary } = outcome;
      await recordOutcome(db, id, { status, summary, ...(attempt === undefined ? {} : { attempt }) });
      await wakeNextInTurn(db, request);
      return outcome;
    },
  };
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: workerQueue,
    workflowBundle: bundle,
    activities: { ...scheduledActivities({ ledger: { db, close: async () => {} } }), ...cycles },
  });
  return await worker.runUntil(work);
}

/** What the ledger has of each nominal time in a span, the times in order. */
async function rows(db: Kysely<Database>, interval: string, from: number, to: number) {
  const timing = timingOf({ interval, timeZone: 'UTC' });
  if (timing === null) throw new Error(`${interval} is no interval`);
  const cycles = await cyclesOf(db, model, { lineage: 'live' });
  return [...nominalTimes(timing, from / 1000, to / 1000)].map((time) =>
    cycles.filter(({ asOf }) => asOf === instantOf(time * 1000)),
  );
}

test('a cycle that somebody resets in Temporal begins a new attempt', async () => {
  const tokens: string[] = [];
  const { client } = environment;
  const activities: Pick<Activities, 'plan' | 'record'> = {
    plan: async (_, token) => {
      tokens.push(token);
      return { kind: 'settled', status: 'kept', summary: 'kept' };
    },
    record: async (_, outcome) => outcome,
  };
  const worker = await Worker.create({
    ...{ connection: environment.nativeConnection, taskQueue: 'reset', workflowBundle: bundle, activities },
  });
  await worker.runUntil(async () => {
    const workflowId = 'reset';
    const request = { model, lineage: 'live', asOf: '2024-01-01T00:00:00Z', definitionVersion: 1, trigger: 'manual' };
    const handle = await client.workflow.start('retrain', { workflowId, taskQueue: 'reset', args: [request] });
    await handle.result();
    const { events = [] } = await handle.fetchHistory();
    const begun = events?.find(({ workflowTaskCompletedEventAttributes: it }) => it != null)?.eventId ?? null;
    const { runId } = await client.workflowService.resetWorkflowExecution({
      ...{ namespace: 'default', requestId: 'again', reason: 'a test', workflowTaskFinishEventId: begun },
      workflowExecution: { workflowId, runId: handle.firstExecutionRunId },
    });
    await client.workflow.getHandle(workflowId, runId).result();
    expect(tokens).toEqual([handle.firstExecutionRunId, runId]);
  });
});

describe('apply', () => {
  test('makes the schedule in Temporal what the definition says, once', async () => {
    await using ledger = await withLedger();
    const { apply, match, there, pause, resume, settings, gone } = asking(ledger);
    expect(await apply({ cron: '0 6 * * MON', timeZone: 'Europe/Berlin' })).toBe('created');
    expect(await match()).toBe('unchanged');
    expect(await pause()).toEqual({ changed: [model], failed: [] });
    expect(await pause()).toEqual({ changed: [], failed: [] });
    expect(await apply({ cron: '0 7 * * MON' })).toBe('updated');
    expect((await there()).state.paused).toBe(true);
    // What only the starter reads changes nothing in Temporal.
    expect(await apply({ cron: '0 7 * * MON', catchUp: 'none' })).toBe('unchanged');
    await resume();
    expect((await there()).state.paused).toBe(false);

    await settings({ interval: 'P7D', phase: 'PT6H' });
    const both = await Promise.all([match(), match(), match()]);
    expect(both.toSorted()).toEqual(['unchanged', 'unchanged', 'updated']);
    await environment.client.schedule.getHandle(scheduleId(model)).delete();
    expect(await match()).toBe('created');

    expect(await gone()).toBe('deleted');
    expect(await match()).toBe('none');
    await expect(there()).rejects.toThrow();
    const periods = await schedulePeriods(ledger.db, model);
    expect(
      periods.map(({ schedule, paused }) => [schedule.cron ?? schedule.interval, schedule.catchUp, paused]),
    ).toEqual([
      ['0 6 * * MON', 'all', false],
      ['0 6 * * MON', 'all', true],
      ['0 7 * * MON', 'all', true],
      ['0 7 * * MON', 'none', true],
      ['0 7 * * MON', 'none', false],
      ['P7D', 'all', false],
    ]);
    expect(periods.map(({ to }, at) => to === (periods[at + 1]?.from ?? to))).not.toContain(false);
  });
});

describe('a schedule', () => {
  test('starts one cycle at each nominal time, in order, also for the times at which no worker ran', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { apply, shown, gone } = asking(ledger);
    await justAfter(2);
    await apply({ interval: 'PT2S' });
    const from = Date.now();
    await working(db, 200, () => sleep(4500));
    await sleep(4500);
    const to = Date.now();
    await working(db, 200, async () => {
      // Temporal may start what is due a moment later: a schedule that is gone starts nothing.
      await expect
        .poll(async () => (await rows(db, 'PT2S', from, to)).every((at) => at[0]?.endedAt), { timeout: 150_000 })
        .toBe(true);
      await gone();
    });
    const each = await rows(db, 'PT2S', from, to);
    expect(each.length).toBeGreaterThanOrEqual(4);
    expect(each.map((cycles) => cycles.map(({ status, trigger }) => [status, trigger]))).toEqual(
      each.map(() => [['kept', 'schedule']]),
    );
    const ended = each.map(([cycle]) => cycle?.endedAt ?? '');
    expect(ended).toEqual(ended.toSorted());
    const missing = (await shown()).last.filter(({ outcome }) => outcome === 'missing');
    // One that comes while the schedule is made or taken out may be missing.
    expect(missing.filter(({ asOf }) => Date.parse(asOf) > from && Date.parse(asOf) <= to)).toEqual([]);
  });

  test('skips what comes while a cycle runs, where its overlap says so, and says why', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { apply, gone } = asking(ledger);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    // The worker is there before the schedule: it takes one nominal time after the other.
    await working(db, released, async () => {
      await justAfter(2);
      await apply({ interval: 'PT2S', overlap: 'skip' });
      const skipped = async () => (await cyclesOf(db, model)).filter(({ status }) => status === 'skipped');
      await expect.poll(async () => (await skipped()).length).toBeGreaterThanOrEqual(2);
      release();
      await gone();
      await expect
        .poll(async () => (await cyclesOf(db, model)).every(({ endedAt }) => endedAt), { timeout: 120_000 })
        .toBe(true);
    });
    const cycles = (await cyclesOf(db, model)).toReversed();
    const [first, second, third] = cycles;
    expect(cycles.map(({ asOf }) => asOf)).toEqual([...new Set(cycles.map(({ asOf }) => asOf))]);
    expect([first, second, third].map((one) => one?.status)).toEqual(['kept', 'skipped', 'skipped']);
    expect(second?.summary).toBe(
      `Skipped: the cycle for ${first?.asOf} had not ended, and the schedule's overlap is skip.`,
    );
  });

  test('of every model is paused and resumed with one command, which says what it did', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { apply, there, gone } = asking(ledger);
    await apply({ interval: 'P7D' });
    await storeDefinition(db, {
      ...{ codeHash: null, columns: [], appliedBy: actor },
      definition: { ...definition(), model: 'other' },
    });
    const env = { REIGN_LEDGER_URL: ledger.url, TEMPORAL_ADDRESS: environment.address };
    const reign = async (...args: string[]) => (await runCommand(args, { env, now: new Date() })).stdout;
    expect(await reign('schedule', '--all', 'pause', '--reason', 'holidays')).toBe(`paused: ${model}\n`);
    expect((await there()).state).toMatchObject({ paused: true, note: expect.stringMatching(/: holidays$/) });
    expect(await reign('schedule', '--all', 'pause', '--reason', 'again')).toBe('nothing to do: paused already\n');
    expect(await reign('schedule', model)).toMatch(/^paused since \d{4}-.* UTC by .*: holidays$/m);
    expect(await reign('models')).toMatch(/flight-delay .* paused/);
    expect(await reign('schedule', '--all', 'resume', '--reason', 'back')).toBe(`resumed: ${model}\n`);
    expect((await there()).state.paused).toBe(false);
    await gone();
  });

  test('ends with the retirement of its model, which cancels what has not ended, and begins again with a new version', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { apply, match, retire, there, shown, gone } = asking(ledger);
    // The first cycle takes long: the second waits for its turn.
    await working(db, 8000, async () => {
      await justAfter(2);
      await apply({ interval: 'PT2S' });
      const unended = async () => (await cyclesOf(db, model)).filter(({ endedAt }) => endedAt === null);
      await expect
        .poll(async () => (await unended()).map(({ waitsFor }) => waitsFor), { timeout: 120_000 })
        .toEqual(expect.arrayContaining([null, 'turn']));
      const retired = await retire();
      const since = Date.now();
      expect(retired).toMatchObject({ changed: true, scheduleDeleted: true });
      expect(retired.cancelled.length).toBeGreaterThanOrEqual(2);
      await expect(there()).rejects.toThrow();
      await expect.poll(unended).toEqual([]);
      const cycles = await cyclesOf(db, model);
      for (const { id, summary, status } of cycles)
        if (retired.cancelled.includes(id))
          expect([status, summary]).toEqual([
            'cancelled',
            expect.stringMatching(/^Cancelled by ada .*was retired: replaced$/),
          ]);
      await sleep(2500);
      expect((await cyclesOf(db, model)).filter(({ asOf }) => Date.parse(asOf) > since)).toEqual([]);
      const later = (await shown()).last.filter(({ asOf }) => Date.parse(asOf) > since);
      expect(later).toEqual([]);
      expect(await retire()).toMatchObject({ changed: false, scheduleDeleted: false, cancelled: [] });
    });
    expect(await match()).toBe('none');
    expect(await apply({ interval: 'PT2S' })).toBe('created');
    await gone();
  });

  test('records what it missed and does not catch up with, and starts nothing while it is paused', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { apply, pause, resume, shown, gone } = asking(ledger);
    await justAfter(2);
    await apply({ interval: 'PT2S', catchUp: 'none' });
    const from = Date.now();
    await sleep(6500);
    const missedUntil = Date.now() - 2500;
    const [pausedFrom, pausedTo] = await working(db, 0, async () => {
      await expect
        .poll(async () => (await rows(db, 'PT2S', from, missedUntil)).every((at) => at[0]?.endedAt))
        .toBe(true);
      await pause();
      const begin = Date.now();
      await sleep(4500);
      const end = Date.now();
      await resume();
      const again = Date.now();
      await expect.poll(async () => (await rows(db, 'PT2S', again, again + 2000)).flat().length).toBe(1);
      await gone();
      return [begin, end] as const;
    });
    const missed = await rows(db, 'PT2S', from, missedUntil);
    expect(missed.length).toBeGreaterThanOrEqual(1);
    for (const [cycle] of missed)
      expect(cycle).toMatchObject({ status: 'skipped', summary: expect.stringMatching(/catchUp is none/) });
    expect((await rows(db, 'PT2S', pausedFrom, pausedTo)).flat()).toEqual([]);
    const { last, schedule } = await shown();
    expect(schedule).toBeNull();
    expect(last.filter(({ outcome }) => outcome === 'paused').map(({ summary }) => summary)).toContain('holidays');
  });
});
