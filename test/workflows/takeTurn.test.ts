import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Turn } from '../../schemas/steps.ts';
import { recorded } from './recorded.ts';
import { openStage, type Scene, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const scheduled = { trigger: 'schedule' } as const;
const other: Turn = { kind: 'other', summary: 'Waits until another one has had its turn.', lookAgain: 600 };

/** What the ledger says to each look of a cycle; the last one stays. */
const turns = (...answers: Turn[]): Scene => {
  let looks = 0;
  return { takeTurn: () => answers[Math.min(looks++, answers.length - 1)] as Turn };
};

it('a cycle that is told that its turn may have come looks at once', async () => {
  const cycle = await stage.perform(turns(other, other, { kind: 'own' }), scheduled);
  await cycle.called('takeTurn');
  await expect.poll(async () => (await cycle.progress()).step).toBe('wait for its turn');
  expect(cycle.names()).toEqual(['takeTurn']);
  // The clock stands still: only the signals make it look.
  await cycle.turn();
  await cycle.called('takeTurn', 2);
  await cycle.turn();
  await cycle.called('plan');
  await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  expect(cycle.names().filter((name) => name === 'takeTurn')).toHaveLength(3);
});

it('a cycle that waits for long looks by itself now and then, as one attempt, and its history stays short', async () => {
  const looks = 250;
  const answers = Array.from({ length: looks }, () => other);
  const cycle = await stage.perform(turns(...answers, { kind: 'own' }), scheduled);
  await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  expect(cycle.names().filter((name) => name === 'takeTurn')).toHaveLength(looks + 1);
  expect(await cycle.historyLength()).toBeLessThan(1500);
  const tokens = cycle.calls.flatMap(({ name, given }) =>
    name === 'takeTurn' || name === 'plan'
      ? [given[1]]
      : name === 'record'
        ? [(given[2] as { token: string }).token]
        : [],
  );
  expect(new Set(tokens).size).toBe(1);
  const durations = cycle.calls.find(({ name }) => name === 'record')?.given[3] as { step: string; seconds: number }[];
  const waits = durations.filter(({ step }) => step === 'wait for its turn');
  expect(waits).toHaveLength(1);
  expect((waits[0]?.seconds ?? 0) / 600 / looks).toBeCloseTo(1, 1);
});

it('a cycle that its schedule does not let wait is skipped, with the reason', async () => {
  const summary = 'Skipped: the cycle before had not ended.';
  const cycle = await stage.perform(turns({ kind: 'skip', summary }), scheduled);
  await expect(cycle.outcome()).resolves.toEqual({ status: 'skipped', summary, failure: null });
  expect(recorded(cycle)).toMatchObject({ status: 'skipped', summary });
  expect(cycle.names()).toEqual(['takeTurn', 'record']);
});

it('a cycle that waits for its turn can be cancelled', async () => {
  const cycle = await stage.perform(turns(other), scheduled);
  await cycle.called('takeTurn');
  // The server that skips time refuses to cancel an activity that ends at that moment, and forgets the cycle.
  await expect.poll(cycle.pending, { timeout: 60_000 }).toEqual([]);
  await cycle.cancel('ada', 'not needed');
  await cycle.cancelWorkflow();
  await expect(cycle.outcome()).rejects.toThrow();
  expect(recorded(cycle)).toMatchObject({
    status: 'cancelled',
    summary: 'Cancelled by ada during wait for its turn: not needed',
  });
});
