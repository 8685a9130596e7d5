import { afterAll, beforeAll, expect, it } from 'vitest';
import { chargeErrorActivities } from '../../activities/chargeError.ts';
import { scheduledActivities } from '../../activities/scheduled.ts';
import { waitingActivities } from '../../activities/waiting.ts';
import { wakeNextInTurn } from '../../activities/wake.ts';
import type { World } from '../../activities/world.ts';
import { windowsOf } from '../../gate/windows.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { attemptOfToken, claimCycle } from '../../ledger/claimCycle.ts';
import { cyclesOf } from '../../ledger/cycles.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { chargesOf } from '../../ledger/errorCharges.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { changeSchedulePeriod } from '../../ledger/schedulePeriods.ts';
import { nameFit, nameRun, nameVersion } from '../../ledger/versions.ts';
import { nextTimes, timingOf } from '../../schedule/nominalTimes.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { Gate } from '../../schemas/definition.ts';
import { instantOf } from '../../schemas/durations.ts';
import { workerQueue } from '../../schemas/queues.ts';
import { Schedule } from '../../schemas/schedule.ts';
import { definition, fitResult, hashOf, model, trackedRun } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { cast, planned, champion as scored } from './cast.ts';
import { fails, openStage, type Scene, type Stage } from './stage.ts';

const schedule = Schedule.parse({ cron: '0 6 * * MON' });
const gate = Gate.parse({ error: { wrongPromotions: 0.05, per: 'P1Y', reserve: 0.2 } });
const year = 365 * 86_400_000;
let stage: Stage;
let ledger: TestLedger;

/** The same numbers in [0, 1) in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = numbers(20261128);

beforeAll(async () => {
  ledger = await withLedger();
  const { db } = ledger;
  const appliedBy = osUser('ada');
  const applied = { codeHash: hashOf('code'), columns: [], appliedBy };
  await storeDefinition(db, { ...applied, definition: { ...definition(), schedule, gate } });
  const subject = { kind: 'schedule', id: model };
  const { id } = await storeRequest(db, { operation: 'apply', actor: appliedBy, model, subject });
  await changeSchedulePeriod(db, model, { schedule, paused: false }, id);
  stage = await openStage({ scene: withFaults(honest()) });
  await stage.defineNominalTime();
});
afterAll(async () => {
  await stage?.close();
  await ledger?.[Symbol.asyncDispose]();
});

const began: string[] = [];

/** What a cycle does to the ledger, with made-up fits: most challengers lose, some win. */
function honest(): Scene {
  const { db } = ledger;
  const world = { ledger: { db, close: async () => {} } } as unknown as World;
  const versions = new Map<string, number>();
  const versionOf = (id: string) => versions.get(id) ?? versions.set(id, versions.size + 1).size;
  return {
    ...scheduledActivities(world),
    ...chargeErrorActivities(world),
    ...waitingActivities(world),
    plan: async (request, attemptToken) => {
      const id = cycleId(request);
      const windows = windowsOf(request.asOf, definition().windows);
      const { cycle, judgements } = await claimCycle(db, { ...request, id, windows, attemptToken });
      const attempt = { id, attempt: cycle.attempt };
      if (!began.includes(request.asOf)) began.push(request.asOf);
      const named = { rows: 1000, queryHash: hashOf('query') };
      await nameSnapshots(db, attempt, [
        { ...named, purpose: 'train', contentHash: hashOf('train'), window: windows.train },
        { ...named, purpose: 'holdout', contentHash: hashOf('holdout'), window: windows.holdout },
      ]);
      const run = await nameRun(db, attempt, trackedRun(id));
      await nameFit(db, attempt, { ...fitResult(id), modelUri: `models:/${run.modelId}` });
      await nameVersion(db, attempt, versionOf(id));
      const reigning = await currentChampion(db, model, 'live');
      const against =
        reigning && scored(1, { version: reigning.version, epoch: reigning.epoch, cycle: reigning.cycle });
      return planned(request, {
        ...{ attempt: cycle.attempt, firstJudgement: judgements + 1, definition: { ...definition(), schedule, gate } },
        champion: against ?? null,
      });
    },
    extract: cast.extract,
    decide: async ({ cycle, number, champion }) => {
      const kind = hashOf(cycle.id).startsWith('0') || champion === null ? 'promote' : 'keep';
      const judgement = await storeJudgement(db, {
        ...{ cycle: cycle.id, attempt: cycle.attempt, number, epoch: champion?.epoch ?? 0 },
        ...{
          challenger: versionOf(cycle.id),
          champion: champion?.version ?? null,
          championCycle: champion?.cycle ?? null,
        },
        ...{ evidence: hashOf(`evidence ${cycle.id} ${number}`), rehearsal: null, primary: null },
        policy: { gate, labels: 'complete' },
        verdict: { kind, summary: `It says ${kind}.`, deciding: 'primary', checks: [] },
      });
      return { number, epoch: judgement.epoch, kind, summary: `It says ${kind}.`, championSawHoldout: false };
    },
    promote: async ({ cycle, number, ...request }) => {
      const result = await promote(db, { cycle: cycle.id, judgementNumber: number, ...request });
      if (result.outcome === 'conflict') throw new Error('cycles of one lineage take turns');
      return { outcome: 'promoted', epoch: result.epoch };
    },
    record: async (request, outcome, { attempt: given, token }) => {
      const id = cycleId(request);
      const attempt = given ?? (await attemptOfToken(db, id, token));
      const { status, summary, failure } = outcome;
      if (attempt !== undefined) await recordOutcome(db, id, { attempt, status, summary, failure });
      await wakeNextInTurn(db, request);
      return outcome;
    },
    registerVersion: (cycle) => versionOf(cycle.id),
  };
}

/** Some attempts fail before they have done anything, some after, and some steps fail for good. */
function withFaults(scene: Scene): Scene {
  const faulty = Object.entries(scene).map(([name, part]) => [
    name,
    async function (this: { readonly attempt: number }, ...given: unknown[]) {
      const dice = random();
      if (name === 'extract' && dice < 0.04) fails('WindowEmpty', 'no rows', false);
      // As long as that the cycle says that it waits.
      if (name === 'extract' && dice < 0.1) fails('SourceUnavailable', 'connection refused', true);
      if (dice < 0.05) fails('LedgerUnavailable', 'connection refused', true);
      const answer = await (part as (...given: unknown[]) => unknown).apply(this, given);
      if (dice > 0.95) fails('LedgerUnavailable', 'the answer was lost', true);
      return answer;
    },
  ]);
  return Object.fromEntries(faulty) as Scene;
}

it('a year of weeks gives every nominal time one cycle, in order, and keeps to the budget', async () => {
  const { db } = ledger;
  const timing = timingOf(schedule);
  if (timing === null) throw new Error('the schedule has no times');
  const times = nextTimes(timing, Math.floor(Date.now() / 1000), 52).map((time) => instantOf(time * 1000));
  for (let week = 0; week < times.length; ) {
    // Now and then several are due at once, and begin in any order.
    const due = times.slice(week, week + 1 + Math.floor(random() * 3));
    week += due.length;
    const starters = due.toReversed().map((asOf) =>
      stage.client.workflow.execute('scheduled', {
        ...{ workflowId: `scheduled.${model}-${asOf}`, taskQueue: workerQueue, args: [{ model, times: 'weekly' }] },
        searchAttributes: { TemporalScheduledStartTime: [new Date(asOf)] },
      }),
    );
    const cycles = await Promise.all(starters);
    await Promise.all(
      cycles.map((id) =>
        stage.client.workflow
          .getHandle(id)
          .result()
          .catch(() => {}),
      ),
    );
  }

  const rows = (await cyclesOf(db, model)).toReversed();
  expect(rows.map(({ asOf }) => asOf)).toEqual(times);
  expect(rows.filter(({ endedAt }) => endedAt === null)).toEqual([]);
  expect(began).toEqual(times);
  const reasons = new Set(rows.map(({ failure }) => failure?.code));
  expect(reasons).toEqual(new Set([undefined, 'WindowEmpty']));
  const ends = new Set(rows.map(({ status }) => status));
  expect(ends).toEqual(new Set(['promoted', 'kept', 'failed']));

  const charges = await chargesOf(db, model, 'live');
  expect(new Set(charges.map(({ account }) => account))).toEqual(new Set(['schedule']));
  expect(charges.length).toBe(rows.filter(({ status }) => status !== 'failed').length);
  const yearly = charges.map(({ asOf }) =>
    charges
      .filter((one) => one.asOf <= asOf && Date.parse(one.asOf) > Date.parse(asOf) - year)
      .reduce((sum, { alpha }) => sum + alpha, 0),
  );
  expect(Math.max(...yearly)).toBeLessThanOrEqual(0.05 * 0.8 + 1e-12);
  const promotions = await db.selectFrom('promotions').select(['epoch', 'cycle']).orderBy('epoch').execute();
  expect(promotions.map(({ epoch }) => epoch)).toEqual(promotions.map((_, at) => at + 1));
  expect(promotions.length).toBe(rows.filter(({ status }) => status === 'promoted').length);
}, 240_000);
