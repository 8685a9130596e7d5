import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recorded } from './recorded.ts';
import { fails, openStage, type Scene, type Stage } from './stage.ts';

// The server of the tests no longer skips time after a cancellation: these cycles have one of their own.
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a cycle that is cancelled', () => {
  const steps = ['plan', 'extract', 'inspect', 'fit', 'observe', 'score', 'evaluate', 'decide', 'promote'] as const;

  const beside: { readonly [step in (typeof steps)[number]]?: string[] } = {
    fit: ['nameObservations'],
    observe: ['openRun', 'fit'],
    score: ['registerVersion'],
    evaluate: ['showTraining'],
    decide: ['showTraining', 'showEvidence'],
    promote: ['showTraining', 'showEvidence'],
  };

  /** Holds one activity until the returned function lets it go. */
  function held(name: (typeof steps)[number]): { scene: Scene; reached: Promise<void>; release: () => void } {
    let arrive: () => void = () => undefined;
    let release: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const hold = async () => {
      arrive();
      const beat = setInterval(() => Context.current().heartbeat(), 100);
      await Promise.race([released, Context.current().cancelled.catch(() => undefined)]);
      clearInterval(beat);
      return fails('Internal', 'it was let go after the cancellation', false);
    };
    return { scene: { [name]: hold }, reached, release };
  }

  it.each(steps)('during %s says who cancelled it and why, and does nothing more', async (name) => {
    const { scene, reached, release } = held(name);
    const cycle = await stage.perform(scene);
    await reached;
    // What runs beside it has ended: the server of the tests loses answers that cross a cancellation.
    await expect.poll(cycle.names).toEqual(expect.arrayContaining(beside[name] ?? []));
    await expect.poll(cycle.pending).toEqual([`${name} started`]);
    await cycle.cancel('ada', 'wrong data');
    await expect.poll(() => cycle.names().at(-1)).toBe('record');
    release();
    await expect(cycle.outcome()).rejects.toThrow();
    expect(recorded(cycle)).toMatchObject({ status: 'cancelled', failure: null });
    expect(recorded(cycle).summary).toMatch(/^Cancelled by ada during .+: wrong data$/);
    if (name !== 'promote') expect(cycle.names()).not.toContain('promote');
  });

  it('by Temporal is recorded as cancelled too', async () => {
    const { scene, reached, release } = held('extract');
    const cycle = await stage.perform(scene);
    await reached;
    await cycle.cancelWorkflow();
    await expect.poll(() => cycle.names().at(-1)).toBe('record');
    release();
    await expect(cycle.outcome()).rejects.toThrow();
    expect(recorded(cycle)).toMatchObject({ status: 'cancelled', summary: 'Cancelled during extract.' });
  });
});
