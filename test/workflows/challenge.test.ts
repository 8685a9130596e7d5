import { activityInfo } from '@temporalio/activity';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EvaluateRequest } from '../../schemas/payloads.ts';
import type { StepDurations } from '../../schemas/progress.ts';
import { hashOf } from './cast.ts';
import { openStage, type Scene, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const days = 86_400;
const challenger = { challenger: 7, reason: 'a test' };
/** By the server's clock, which other tests have moved. */
const until = (seconds: number): Scene => ({
  claimChallenge: () => {
    const at = new Date(activityInfo().scheduledTimestampMs + seconds * 1000);
    return { kind: 'claimed', attempt: 1, until: at.toISOString() };
  },
});

it('a challenge is judged at once where its rows have matured, and fits nothing', async () => {
  const cycle = await stage.perform({}, challenger);
  await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  expect(cycle.names().filter((name) => ['plan', 'openRun', 'fit', 'track', 'registerVersion'].includes(name))).toEqual(
    [],
  );
  const asked = cycle.calls.find(({ name }) => name === 'evaluate')?.given[0] as EvaluateRequest | undefined;
  expect(asked?.challenger).toMatchObject({ cycle: 'loans.registered.7', registeredAt: '2023-11-01T00:00:00Z' });
  expect(asked).toMatchObject({ trivial: [0.8, 0.2], observations: hashOf('observations') });
});

it('a challenge whose rows have not matured waits for them, and only then looks who reigns', async () => {
  const cycle = await stage.perform(until(15 * days), challenger);
  await expect.poll(async () => (await cycle.progress()).step, { timeout: 20_000 }).toBe('wait for its rows');
  expect(cycle.names()).toEqual(['claimChallenge']);
  await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  const durations = cycle.calls.find(({ name }) => name === 'record')?.given[3] as StepDurations;
  const waited = durations.find(({ step }) => step === 'wait for its rows')?.seconds ?? 0;
  expect(waited / days).toBeCloseTo(15, 1);
});

it('a challenge that waits for rows can be cancelled', async () => {
  const cycle = await stage.perform(until(15 * days), challenger);
  await expect.poll(async () => (await cycle.progress()).step, { timeout: 20_000 }).toBe('wait for its rows');
  await cycle.cancel('ada', 'a better one came');
  await expect(cycle.outcome()).rejects.toThrow();
  expect(cycle.calls.find(({ name }) => name === 'record')?.given[1]).toMatchObject({
    status: 'cancelled',
    summary: 'Cancelled by ada during wait for its rows: a better one came',
  });
});
