import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { scheduledActivities } from '../../activities/scheduled.ts';
import type { World } from '../../activities/world.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { storeRetirement } from '../../ledger/retirements.ts';
import { changeSchedulePeriod } from '../../ledger/schedulePeriods.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { Schedule } from '../../schemas/schedule.ts';
import type { DueCycle } from '../../schemas/steps.ts';
import { definition, hashOf, model, windows } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';

const minute = 60_000;

/** A model that is retrained each minute, and a nominal time of its schedule. */
async function scheduled({ db }: TestLedger, given: Partial<Schedule>) {
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
  const next = Math.ceil((Date.now() + 1) / minute) * minute;
  const at = (minutes: number) => new Date(next + minutes * minute).toISOString().replace('.000Z', 'Z');
  const cycle = (asOf: string) => ({ model, lineage: 'live', asOf, definitionVersion: 1 });
  const { dueCycle } = scheduledActivities({ ledger: { db } } as unknown as World);
  /** As the starter of a nominal time asks, that began late by so many minutes. */
  const due = (asOf: string, late: number): Promise<DueCycle> =>
    new MockActivityEnvironment().run(dueCycle, model, asOf, new Date(Date.parse(asOf) + late * minute).toISOString());
  return { at, cycle, due, now: (asOf: string) => cycleById(db, cycleId(cycle(asOf))) };
}

test('a nominal time has its cycle, also when it begins late, and no other time has one', async () => {
  await using ledger = await withLedger();
  const { at, due } = await scheduled(ledger, {});
  expect(await due(at(0), 0)).toMatchObject({
    kind: 'start',
    pauseSeconds: 0,
    request: { asOf: at(0), trigger: 'schedule' },
  });
  expect(await due(at(1), 90)).toMatchObject({ kind: 'start' });
  expect(await due(at(0).replace(':00Z', ':30Z'), 0)).toMatchObject({ kind: 'nothing' });
});

test('the pause of a jitter is the same each time, and ends before the next nominal time', async () => {
  await using ledger = await withLedger();
  const { at, due } = await scheduled(ledger, { jitter: 'PT10M' });
  const pauses = await Promise.all([0, 1, 2, 3, 0, 1, 2, 3].map((minutes) => due(at(minutes), 0)));
  const seconds = pauses.map((one) => (one.kind === 'start' ? one.pauseSeconds : Number.NaN));
  expect(seconds.slice(4)).toEqual(seconds.slice(0, 4));
  expect(new Set(seconds).size).toBeGreaterThan(1);
  for (const each of seconds) expect(each >= 0 && each < 60).toBe(true);
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
