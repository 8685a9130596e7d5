import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { scheduledActivities } from '../../activities/scheduled.ts';
import { waitingActivities } from '../../activities/waiting.ts';
import type { World } from '../../activities/world.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { storeRetirement } from '../../ledger/retirements.ts';
import { changeSchedulePeriod, openPeriod } from '../../ledger/schedulePeriods.ts';
import { explainWaiting } from '../../ledger/turns.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { Schedule } from '../../schemas/schedule.ts';
import type { DueCycle, RetrainRequest, Turn } from '../../schemas/steps.ts';
import { definition, hashOf, model, windows } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { wakingClient } from './wakingClient.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A model that is retrained each minute, or as often as is given, and the nominal times of its schedule. */
async function scheduled({ db }: TestLedger, given: Partial<Schedule>, every = minute) {
  const schedule = Schedule.parse({ cron: '* * * * *', ...given });
  const appliedBy = osUser('ada');
  await storeDefinition(db, {
    definition: { ...definition(), schedule },
    codeHash: hashOf('code'),
    columns: [],
    appliedBy,
  });
  const subject = { kind: 'schedule', id: model };
  const { id: request } = await storeRequest(db, { operation: 'apply', actor: appliedBy, model, subject });
  await changeSchedulePeriod(db, model, { schedule, paused: false }, request);
  const begun = Date.parse((await openPeriod(db, model))?.from ?? '');
  const next = Math.ceil(begun / every) * every;
  const at = (times: number) => new Date(next + times * every).toISOString().replace('.000Z', 'Z');
  const cycle = (asOf: string) => ({ model, lineage: 'live', asOf, definitionVersion: 1 });
  const { dueCycle, takeTurn } = scheduledActivities({ ledger: { db } } as unknown as World);
  const { client, woken } = wakingClient();
  /** As its workflow asks, each time with the same token. */
  const turn = (asOf: string, token = 'run-1'): Promise<Turn> => {
    const actor = { kind: 'schedule', name: model, authentication: 'internal' } as const;
    const request: RetrainRequest = { ...cycle(asOf), trigger: 'schedule', actor };
    const workflowExecution = { workflowId: cycleId(request), runId: token };
    return new MockActivityEnvironment({ workflowExecution }, { client }).run(takeTurn, request, token);
  };
  /** As the starter of a nominal time asks, that began late by so many minutes. */
  const due = (asOf: string, late: number): Promise<DueCycle> =>
    new MockActivityEnvironment({}, { client }).run(
      dueCycle,
      model,
      asOf,
      new Date(Date.parse(asOf) + late * minute).toISOString(),
    );
  return { at, cycle, due, turn, client, woken, now: (asOf: string) => cycleById(db, cycleId(cycle(asOf))) };
}

test('a nominal time has its cycle, also when it begins late, and no other time has one', async () => {
  await using ledger = await withLedger();
  const { at, due } = await scheduled(ledger, {});
  expect(await due(at(0), 0)).toMatchObject({
    kind: 'start',
    request: { asOf: at(0), trigger: 'schedule' },
  });
  expect(await due(at(1), 90)).toMatchObject({ kind: 'start' });
  expect(await due(at(0).replace(':00Z', ':30Z'), 0)).toMatchObject({ kind: 'nothing' });
});

test('cycles that a jitter spreads are known at once, begin at a moment that is their own, and in the order of asOf', async () => {
  await using ledger = await withLedger();
  // Of so long a jitter no share is a mere second, whichever day it is.
  const { at, turn, now } = await scheduled(ledger, { cron: '0 0 * * *', jitter: 'P10D' }, day);
  const pauses = [];
  for (const each of [0, 1, 2, 3]) {
    const taken = await turn(at(each));
    expect(await now(at(each))).toMatchObject({ status: 'waiting', waitsFor: 'turn' });
    pauses.push(taken.kind === 'other' ? taken.lookAgain : Number.NaN);
  }
  expect(new Set(pauses).size).toBeGreaterThan(1);
  for (const each of pauses) expect(each > 0 && each <= 86_400).toBe(true);
  const again = await turn(at(0));
  expect(again).toMatchObject({ kind: 'other' });
  if (again.kind === 'other') expect(Math.abs(again.lookAgain - (pauses[0] ?? 0))).toBeLessThan(60);
});

test.each([
  ['none', [false, false, false]],
  ['latest', [false, false, true]],
  ['all', [true, true, true]],
] as const)(
  'of three times that were missed catchUp: %s runs what it says; the others are on the record',
  async (catchUp, runs) => {
    await using ledger = await withLedger();
    const { at, due, now } = await scheduled(ledger, { catchUp });
    // All three begin when the third has been missed for half a minute and more.
    const begun = await Promise.all([0, 1, 2].map((minutes) => due(at(minutes), 3.5 - minutes)));
    expect(begun.map(({ kind }) => kind === 'start')).toEqual(runs);
    for (const [minutes, isRun] of runs.entries()) {
      if (isRun) expect(await now(at(minutes))).toBeUndefined();
      else
        expect(await now(at(minutes))).toMatchObject({
          status: 'skipped',
          trigger: 'schedule',
          summary: expect.stringContaining(catchUp),
        });
    }
  },
);

test('a nominal time from before the retirement of its model is on the record as skipped', async () => {
  await using ledger = await withLedger();
  const { at, due, now } = await scheduled(ledger, {});
  const retirement = { model, definitionVersion: 1, reason: 'replaced', actor: osUser('ada') };
  await storeRetirement(ledger.db, retirement);
  const summary = 'Skipped: the model was retired by ada: replaced';
  expect(await due(at(0), 1)).toEqual({ kind: 'nothing', summary });
  expect(await now(at(0))).toMatchObject({ status: 'skipped', summary });
});

test('a missed time that somebody has run by hand meanwhile is left alone', async () => {
  await using ledger = await withLedger();
  const { at, cycle, due, now } = await scheduled(ledger, { catchUp: 'none' });
  const asOf = at(0);
  const id = cycleId(cycle(asOf));
  await claimCycle(ledger.db, { id, ...cycle(asOf), trigger: 'manual', windows: windows(1), attemptToken: 'by hand' });
  expect(await due(asOf, 5)).toMatchObject({ kind: 'nothing' });
  expect(await now(asOf)).toMatchObject({ status: 'running', attempt: 1, trigger: 'manual' });
});

test('cycles take turns in the order of asOf: whoever gives the turn up wakes the next one', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { at, cycle, turn, client, woken, now } = await scheduled(ledger, {});
  const [first, second, third] = [0, 1, 2].map(at) as [string, string, string];
  const idOf = (asOf: string) => cycleId(cycle(asOf));
  expect(await turn(first)).toEqual({ kind: 'own' });
  expect(await turn(third)).toMatchObject({ kind: 'other', summary: expect.stringContaining(second) });
  expect(await turn(second)).toMatchObject({ kind: 'other', summary: expect.stringContaining(first), lookAgain: 600 });
  expect(await turn(third)).toMatchObject({ kind: 'other', summary: expect.stringContaining(first) });

  const on = new MockActivityEnvironment({}, { client });
  const { noteFault } = waitingActivities({ ledger: { db, close: async () => {} } });
  const fault = { step: 'extract', code: 'SourceUnavailable', message: 'down.', triesAgainAt: first };
  await on.run(noteFault, idOf(first), 'run-1', fault);
  expect(woken).toEqual([`turn ${idOf(second)}`]);
  expect(await turn(second)).toEqual({ kind: 'own' });
  expect(await turn(third)).toMatchObject({ kind: 'other', summary: expect.stringContaining(second) });
  await recordOutcome(db, idOf(second), { status: 'kept' });
  expect(await turn(third)).toEqual({ kind: 'own' });
  expect(await now(third)).toMatchObject({ status: 'running', waitsFor: null, summary: null });
});

test('a try of the activity that comes late takes nothing back', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { at, cycle, turn, now } = await scheduled(ledger, {});
  const [first, second] = [at(0), at(1)];
  const id = cycleId(cycle(second));
  expect(await turn(second)).toMatchObject({ kind: 'other' });
  expect(await turn(first)).toEqual({ kind: 'own' });
  await recordOutcome(db, cycleId(cycle(first)), { status: 'kept' });
  expect(await turn(second)).toEqual({ kind: 'own' });
  // By then another one runs: a late look would say that it waits.
  await recordOutcome(db, id, { status: 'waiting', waitsFor: 'fault', summary: 'Waits.' });
  await turn(at(2));
  expect(await turn(second)).toEqual({ kind: 'own' });
  await explainWaiting(db, { id, attempt: 1 }, 'Waits until another one has had its turn.');
  expect(await now(second)).toMatchObject({ status: 'waiting', waitsFor: 'fault', summary: 'Waits.' });
  await recordOutcome(db, id, { status: 'cancelled', summary: 'Cancelled.' });
  expect(await turn(second)).toEqual({ kind: 'own' });
  expect(await now(second)).toMatchObject({ status: 'cancelled', summary: 'Cancelled.' });
});

test('overlap: skip skips what comes while an earlier one runs, and nothing else', async () => {
  await using ledger = await withLedger();
  const { at, turn } = await scheduled(ledger, { overlap: 'skip' });
  expect(await turn(at(0))).toEqual({ kind: 'own' });
  expect(await turn(at(1))).toEqual({
    kind: 'skip',
    summary: `Skipped: the cycle for ${at(0)} had not ended, and the schedule's overlap is skip.`,
  });
});

test('a cycle of a model that is retired while it waits for its turn is skipped', async () => {
  await using ledger = await withLedger();
  const { at, turn } = await scheduled(ledger, {});
  await turn(at(0));
  expect(await turn(at(1))).toMatchObject({ kind: 'other' });
  await storeRetirement(ledger.db, { model, definitionVersion: 1, reason: 'replaced', actor: osUser('ada') });
  expect(await turn(at(1))).toEqual({ kind: 'skip', summary: 'Skipped: the model was retired by ada: replaced' });
});
