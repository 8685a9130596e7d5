import { afterAll, beforeAll, expect, it } from 'vitest';
import { backfillActivities } from '../../activities/backfill.ts';
import { chargeErrorActivities } from '../../activities/chargeError.ts';
import { supersededBy } from '../../activities/contest.ts';
import { scheduledActivities } from '../../activities/scheduled.ts';
import { stoppedBackfill } from '../../activities/stoppedBackfill.ts';
import { waitingActivities } from '../../activities/waiting.ts';
import { wakeBackfill, wakeNextInTurn } from '../../activities/wake.ts';
import type { World } from '../../activities/world.ts';
import { windowsOf } from '../../gate/windows.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { attemptOfToken, claimCycle } from '../../ledger/claimCycle.ts';
import { storeDeletion } from '../../ledger/deletions.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameChallenger, nameFit, nameRun } from '../../ledger/versions.ts';
import { beginBackfillOperation } from '../../operations/backfill/begin.ts';
import {
  cancelBackfillOperation,
  pauseBackfillOperation,
  resumeBackfillOperation,
  retryBackfillOperation,
} from '../../operations/backfill/change.ts';
import { shownBackfill } from '../../operations/backfill/shown.ts';
import { perform } from '../../operations/operation.ts';
import { osUser } from '../../schemas/actor.ts';
import { backfillWorkflowId } from '../../schemas/backfill.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { apply, definition, fitResult, hashOf, model, trackedRun } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { cast, planned, champion as scored } from './cast.ts';
import { fails, openStage, type Scene, type Stage } from './stage.ts';

let stage: Stage;
let ledger: TestLedger;
/** What the cycles of a test did, in order: `judged 2001-02-05`. */
let done: string[] = [];
/** What a step does otherwise in a test: it may wait, or fail. */
let meanwhile: (step: string, asOf: string) => Promise<void> | void = () => {};
/** The same of each look of a backfill, when it knows what is next. */
let afterLook: (isOver: boolean, id: string) => Promise<void> | void = () => {};

beforeAll(async () => {
  ledger = await withLedger();
  await apply(ledger.db);
  stage = await openStage({ scene: honest() });
});
afterAll(async () => {
  await stage?.close();
  await ledger?.[Symbol.asyncDispose]();
});

/** What a cycle does to the ledger, with made-up fits. Whether a challenger wins follows from its asOf alone. */
function honest(): Scene {
  const { db } = ledger;
  const world = { ledger: { db, close: async () => {} } } as unknown as World;
  const at = async (step: string, { asOf }: { readonly asOf: string }) => {
    done.push(`${step} ${asOf.slice(0, 10)}`);
    await meanwhile(step, asOf);
  };
  const { nextDates } = backfillActivities(world);
  return {
    ...scheduledActivities(world),
    nextDates: async (id, begun) => {
      const next = await nextDates(id, begun);
      await afterLook(next.over !== null, id);
      return next;
    },
    ...chargeErrorActivities(world),
    ...waitingActivities(world),
    plan: async (request, attemptToken) => {
      const stopped = await stoppedBackfill(db, request);
      if (stopped !== null) return { kind: 'settled', status: 'cancelled', summary: stopped };
      const id = cycleId(request);
      const windows = windowsOf(request.asOf, definition().windows);
      const { cycle, judgements } = await claimCycle(db, { ...request, id, windows, attemptToken });
      await at('prepared', request);
      const attempt = { id, attempt: cycle.attempt };
      const superseded = await supersededBy(world, request);
      if (superseded !== null) return { kind: 'superseded', attempt: cycle.attempt, summary: superseded };
      const named = { rows: 1000, queryHash: hashOf('query') };
      await nameSnapshots(db, attempt, [
        { ...named, purpose: 'train', contentHash: hashOf('train'), window: windows.train },
        { ...named, purpose: 'holdout', contentHash: hashOf('holdout'), window: windows.holdout },
      ]);
      const run = await nameRun(db, attempt, trackedRun(`${id} ${cycle.attempt}`));
      await nameFit(db, attempt, { ...fitResult(id), modelUri: `models:/${run.modelId}` });
      const attended = { attempt: cycle.attempt, firstJudgement: judgements + 1, definition: definition() };
      return planned(request, { ...attended, unattended: true });
    },
    contest: async (cycle) => {
      const { past, foresight } = planned(cycle);
      await at('judged', cycle);
      const reigning = await currentChampion(db, model, cycle.lineage);
      if (reigning === undefined) return { champion: null, past, foresight };
      const { epoch, cycle: fittedBy, asOf } = reigning;
      return { champion: scored(1, { version: null, epoch, cycle: fittedBy, asOf }), past, foresight };
    },
    registerVersion: (cycle) => nameChallenger(db, cycle),
    decide: async ({ cycle, number, champion }) => {
      const dice = hashOf(cycle.asOf);
      // Nobody is asked about a review.
      const kind = champion === null || dice < '8' ? 'promote' : dice < 'b' ? 'review' : 'keep';
      const judgement = await storeJudgement(db, {
        ...{ cycle: cycle.id, attempt: cycle.attempt, number, epoch: champion?.epoch ?? 0 },
        ...{ challenger: null, champion: null, championCycle: champion?.cycle ?? null },
        ...{ evidence: hashOf(`evidence ${cycle.id} ${number}`), rehearsal: null, primary: null },
        policy: { gate: definition().gate, labels: 'complete' },
        verdict: { kind, summary: `It says ${kind}.`, deciding: 'primary', checks: [] },
      });
      return { number, epoch: judgement.epoch, kind, summary: `It says ${kind}.`, championSawHoldout: false };
    },
    promote: async ({ cycle, number, ...request }) => {
      const result = await promote(db, { cycle: cycle.id, judgementNumber: number, ...request });
      if (result.outcome === 'conflict') throw new Error('dates of one backfill take turns');
      return { outcome: 'promoted', epoch: result.epoch };
    },
    record: async (request, outcome, { attempt: given, token }) => {
      const id = cycleId(request);
      const attempt = given ?? (await attemptOfToken(db, id, token));
      const { status, summary, failure } = outcome;
      if (attempt !== undefined) await recordOutcome(db, id, { attempt, status, summary, failure });
      done.push(`${status} ${request.asOf.slice(0, 10)}`);
      await wakeNextInTurn(db, request);
      await wakeBackfill(request);
      return outcome;
    },
    extract: cast.extract,
  };
}

const context = () => ({
  ...{ ledger: { db: ledger.db, close: async () => {} }, temporal: async () => stage.client, actor: osUser('ada') },
  ...{ now: () => new Date(), signal: new AbortController().signal, onEvent: () => {} },
});

interface Given {
  readonly dates: number;
  readonly parallel?: number;
  readonly stopOnFailure?: boolean;
}

const day = (number: number): string => new Date(Date.UTC(2001, 0, number)).toISOString().slice(0, 10);

/** Starts one of so many days, from 1 January 2001 on; gives its id. */
async function begin({ dates, ...given }: Given): Promise<string> {
  done = [];
  const of = { model, from: day(1), to: day(dates), every: 'P1D', ...given };
  return (await perform(beginBackfillOperation, context(), { of, reason: 'what if' })).id;
}

/** The end of its workflow; only while somebody waits for one the server skips time. */
const ended = (id: string): Promise<string> => stage.client.workflow.getHandle(backfillWorkflowId(id)).result();
const shown = (id: string) => shownBackfill(ledger.db, id, new Date());
const steps = (step: string) => done.filter((one) => one.startsWith(step)).map((one) => one.split(' ')[1]);
const days = (dates: number) => Array.from({ length: dates }, (_, at) => day(at + 1));

/** Steps that wait until a test lets them go on. */
function holding(which: (step: string, asOf: string) => boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  meanwhile = (step, asOf) => (which(step, asOf) ? promise : undefined);
  return () => {
    meanwhile = () => {};
    resolve();
  };
}

/** Whether a workflow waits for no activity. */
const isIdle = async (cycle: string): Promise<boolean> =>
  ((await stage.client.workflow.getHandle(cycle).describe()).raw.pendingActivities ?? []).length === 0;

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};

it('dates are judged in their order, however many are prepared at once, and give the same champions', async () => {
  const results = [];
  for (const parallel of [1, 3]) {
    const id = await begin({ dates: 8, parallel });
    expect(await ended(id)).toMatch(/^8 dates: \d promoted, \d kept\.$/);
    expect(steps('judged')).toEqual(days(8));
    const { status, dates, lineage } = await shown(id);
    expect(status).toBe('done');
    expect(await currentChampion(ledger.db, model, lineage)).toMatchObject({ version: null });
    results.push(dates.map(({ asOf, verdict, champion }) => ({ asOf, verdict, champion })));
  }
  expect(results[1]).toEqual(results[0]);
  expect(await currentChampion(ledger.db, model, 'live')).toBeUndefined();
});

it('no more than so many dates are prepared at once, and twice as many wait for the first of them', async () => {
  const goOn = holding((step, asOf) => step === 'judged' && asOf.startsWith(day(1)));
  const id = await begin({ dates: 9, parallel: 2 });
  const all = ended(id);
  await until(async () => (await shown(id)).counts.waiting === 4);
  expect((await shown(id)).counts).toEqual({ due: 4, preparing: 0, waiting: 4, judging: 1, ended: 0, failed: 0 });
  goOn();
  expect(await all).toMatch(/^9 dates/);
});

it('a date that fails holds up no other; a retry runs it alone, and it does not undo later promotions', async () => {
  meanwhile = (step, asOf) => {
    if (step === 'prepared' && asOf.startsWith(day(3))) fails('WindowEmpty', 'no rows', false);
  };
  const id = await begin({ dates: 5, parallel: 2 });
  expect(await ended(id)).toMatch(/1 failed/);
  expect((await shown(id)).dates[2]).toMatchObject({
    state: 'failed',
    status: 'failed',
    summary: expect.stringMatching(/no rows/),
  });
  const before = (await shown(id)).dates;
  meanwhile = () => {};
  done = [];
  await perform(retryBackfillOperation, context(), { id, reason: 'rows are there now' });
  expect(await ended(id)).not.toMatch(/failed/);
  expect([...new Set(done.map((one) => one.split(' ')[1]))]).toEqual([day(3)]);
  const after = (await shown(id)).dates;
  expect(after.filter(({ number }) => number !== 3)).toEqual(before.filter(({ number }) => number !== 3));
});

it('stops at the first failure where it is asked to, and a retry goes on from there', async () => {
  let id = '';
  meanwhile = async (step, asOf) => {
    if (step !== 'prepared' || !asOf.startsWith(day(2))) return;
    // Nothing is left to be cancelled: the server of the tests forgets a workflow whose activity ends as it is cancelled.
    await until(async () => id !== '' && (await shown(id)).dates[0]?.state === 'ended');
    fails('WindowEmpty', 'no rows', false);
  };
  id = await begin({ dates: 6, parallel: 1, stopOnFailure: true });
  await ended(id);
  const stopped = await shown(id);
  expect(stopped).toMatchObject({
    status: 'failed',
    summary: expect.stringMatching(/^Stopped: the cycle for 2001-01-02/),
  });
  expect(stopped.counts.due).toBeGreaterThan(0);
  meanwhile = () => {};
  await perform(retryBackfillOperation, context(), { id, reason: 'rows are there now' });
  await ended(id);
  expect(await shown(id)).toMatchObject({ status: 'done', counts: { ended: 6 } });
});

it('paused, no date begins and none is judged; resumed, it goes on', async () => {
  const goOn = holding((step, asOf) => step === 'prepared' && asOf.startsWith(day(2)));
  const id = await begin({ dates: 4, parallel: 1 });
  await until(() => done.includes(`prepared ${day(2)}`));
  await perform(pauseBackfillOperation, context(), { id, reason: 'the source is busy' });
  goOn();
  await until(async () => (await shown(id)).counts.waiting === 1);
  await until(async () => (await shown(id)).dates[1]?.summary === 'Waits until its backfill is resumed.');
  expect(await shown(id)).toMatchObject({ status: 'paused', counts: { ended: 1, waiting: 1, due: 2 } });
  await perform(resumeBackfillOperation, context(), { id, reason: 'it is quiet again' });
  expect(await ended(id)).toMatch(/^4 dates/);
  expect(steps('judged')).toEqual(days(4));
});

it('cancelled, its cycles end as cancelled by whoever asked, and nothing of it goes on', async () => {
  const goOn = holding((step, asOf) => step === 'judged' && asOf.startsWith(day(2)));
  const id = await begin({ dates: 8, parallel: 2 });
  await until(() => done.includes(`judged ${day(2)}`));
  await until(async () => (await shown(id)).counts.waiting === 4);
  // The server of the tests forgets a workflow whose activity ends as it is cancelled: their looks are over.
  for (const { cycle, state } of (await shown(id)).dates) if (state === 'waiting') await until(() => isIdle(cycle));
  await perform(cancelBackfillOperation, context(), { id, reason: 'wrong pipeline' });
  await ended(id);
  // Not before, for the same reason.
  goOn();
  const { status, summary, dates, counts } = await shown(id);
  expect({ status, summary }).toMatchObject({
    status: 'cancelled',
    summary: expect.stringMatching(/^Cancelled by ada: wrong pipeline/),
  });
  expect(counts).toEqual({ due: 2, preparing: 0, waiting: 0, judging: 0, ended: 1, failed: 5 });
  for (const { summary: why } of dates.slice(1, 6)) expect(why).toMatch(/^Cancelled by ada.*: wrong pipeline$/);
});

it('a long one continues as a new run, with a history that stays short', async () => {
  const dates = 22;
  const id = await begin({ dates, parallel: 4 });
  expect(await ended(id)).toMatch(new RegExp(`^${dates} dates`));
  const { events } = await stage.client.workflow.getHandle(backfillWorkflowId(id)).fetchHistory();
  expect(events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toMatch(/./);
  expect(events?.length).toBeLessThan(600);
  expect(steps('judged')).toEqual(days(dates));
}, 240_000);

it('a retry that comes while the backfill ends begins it again', async () => {
  meanwhile = (step, asOf) => {
    if (step === 'prepared' && asOf.startsWith(day(2))) fails('WindowEmpty', 'no rows', false);
  };
  let retried = false;
  afterLook = async (isOver, id) => {
    if (!isOver || retried) return;
    retried = true;
    meanwhile = () => {};
    await perform(retryBackfillOperation, context(), { id, reason: 'rows are there now' });
  };
  const id = await begin({ dates: 2, parallel: 1 });
  await ended(id);
  afterLook = () => {};
  expect(await shown(id)).toMatchObject({ status: 'done', counts: { ended: 2, failed: 0 } });
});

it('a date that waits is not woken while an earlier one is prepared', async () => {
  const goOn = holding((step, asOf) => step === 'prepared' && asOf.startsWith(day(1)));
  const id = await begin({ dates: 2, parallel: 2 });
  await until(async () => (await shown(id)).counts.waiting === 1);
  let looks = 0;
  afterLook = () => {
    looks += 1;
  };
  for (let look = 1; look <= 3; look++) {
    await stage.client.workflow.getHandle(backfillWorkflowId(id)).signal('turn');
    await until(() => looks >= look);
  }
  afterLook = () => {};
  const { events } = await stage.client.workflow.getHandle((await shown(id)).dates[1]?.cycle ?? '').fetchHistory();
  goOn();
  await ended(id);
  expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes != null)).toEqual([]);
});

it('no date of a model that was deleted while its backfill was paused begins', async () => {
  const { promise: isPaused, resolve: goOn } = Promise.withResolvers<void>();
  meanwhile = async () => {
    await isPaused;
    fails('WindowEmpty', 'no rows', false);
  };
  const id = await begin({ dates: 3, parallel: 1 });
  await until(() => done.includes(`prepared ${day(1)}`));
  await perform(pauseBackfillOperation, context(), { id, reason: 'the source is busy' });
  goOn();
  await until(async () => (await shown(id)).counts.failed === 1);
  const asked = { model, definitionVersion: 1, forced: true, reason: 'nobody needs it', actor: osUser('ada') };
  await storeDeletion(ledger.db, asked);
  await perform(resumeBackfillOperation, context(), { id, reason: 'it is quiet again' });
  await ended(id);
  expect(await shown(id)).toMatchObject({
    ...{ status: 'failed', counts: { failed: 1, due: 2 } },
    summary: expect.stringMatching(/^Stopped: .* was deleted by ada: nobody needs it/),
  });
});
