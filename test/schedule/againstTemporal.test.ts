import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCron } from '../../schedule/cron.ts';
import { nominalTimes, type Times, timingOf } from '../../schedule/nominalTimes.ts';
import { quietRuntime } from '../workflows/quietRuntime.ts';
import { crons } from './crons.ts';

/** Five years, with ten changes of the clocks in each of the three zones: west and east of Greenwich, and by half an hour. */
const from = Date.UTC(2022, 0, 1) / 1000;
const to = Date.UTC(2027, 0, 1) / 1000;
const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'];

const refused = [
  '0 6 * * MON#1',
  '0 6 L * *',
  '0 6 15W * *',
  '0 6 * * +MON',
  '0 6 13 * FRI',
  '0 6 ? * MON',
  '0 6 * * 1-7',
  '0 6 * * FRI-MON',
  '0 5/6 * * *',
  '0 6 31 2 *',
  '0 24 * * *',
  '*/90 * * * *',
  '0 6 * * MONDAY',
  '@weekly',
  'TZ=UTC 0 6 * * MON',
  '0 0 6 * * MON',
];

let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  quietRuntime();
  const path = join(import.meta.dirname, '../../.reign/python/bin/temporal');
  environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path } },
  });
});

afterAll(async () => environment?.teardown());

/** What the server lists in [from, to], in seconds since 1970. */
async function listed(id: string, spec: object): Promise<number[]> {
  const { client } = environment;
  const handle = await client.schedule.create({
    scheduleId: id,
    spec,
    action: { type: 'startWorkflow', workflowType: 'nothing', taskQueue: 'nobody' },
    state: { paused: true },
  });
  const times: number[] = [];
  for (let after = from - 1; ; ) {
    const { startTime } = await client.workflowService.listScheduleMatchingTimes({
      namespace: 'default',
      scheduleId: id,
      startTime: { seconds: after as never },
      endTime: { seconds: to as never },
    });
    const page = (startTime ?? []).map(({ seconds }) => Number(seconds));
    times.push(...page);
    if (page.length < 1000) break;
    after = page.at(-1) ?? to;
  }
  await handle.delete();
  return times;
}

function counted(times: Times): number[] {
  const timing = timingOf(times);
  return timing === null ? [] : [...nominalTimes(timing, from - 1, to)];
}

test('forty crons: each comes when a Temporal server says, in three zones, or it is refused', {
  timeout: 120_000,
}, async () => {
  expect(crons.length + refused.length).toBe(40);
  const differ: string[] = [];
  const all = crons.flatMap((cron) => zones.map((timeZone) => ({ cron, timeZone })));
  const waiting = [...all.entries()];
  const take = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [at, { cron, timeZone }] = next;
      const server = await listed(`cron-${at}`, { cronExpressions: [cron], timezone: timeZone });
      const own = counted({ cron, timeZone });
      const first = own.findIndex((time, index) => time !== server[index]);
      if (own.length !== server.length || first >= 0) differ.push(`${cron} in ${timeZone}, from time ${first} on`);
    }
  };
  await Promise.all([take(), take(), take(), take()]);
  expect(differ).toEqual([]);
  for (const cron of refused) expect(parseCron(cron), cron).toHaveProperty('expected');
});

test('an interval comes when a Temporal server says, with and without a phase', async () => {
  const week = 7 * 86_400;
  expect(counted({ interval: 'P1W', timeZone: 'UTC' })).toEqual(
    await listed('interval', { intervals: [{ every: week * 1000 }] }),
  );
  expect(counted({ interval: 'PT36H', phase: 'PT5H30M', timeZone: 'UTC' })).toEqual(
    await listed('phase', { intervals: [{ every: 36 * 3_600_000, offset: 5.5 * 3_600_000 }] }),
  );
});
