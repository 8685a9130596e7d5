import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tasksOf } from '../../cli/showEvent.ts';
import { Definition } from '../../schemas/definition.ts';
import { fitQueueOf } from '../../schemas/queues.ts';
import { until } from '../stack/testHome.ts';
import { champion, definition, hashOf, judged, planned, version } from './cast.ts';
import { recorded } from './recorded.ts';
import { type Cast, fails, oldEnvironment, openStage, type Performance, type Scene, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const given = <Name extends keyof Cast>({ calls }: Performance, name: Name, nth = 0) =>
  calls.filter((call) => call.name === name)[nth]?.given as Parameters<Cast[Name]>;

const beats = (number: number): Scene => ({
  plan: ({ model, lineage, asOf, definitionVersion }) =>
    planned({ model, lineage, asOf, definitionVersion }, { champion: champion(number) }),
});

describe('a cycle', () => {
  it('goes through its steps in order and promotes a challenger that wins', async () => {
    const cycle = await stage.perform();
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted', summary: 'It wins.' });
    const names = cycle.names();
    const steps = [
      'plan',
      'extract',
      'inspect',
      'fit',
      'score',
      'chargeError',
      'evaluate',
      'decide',
      'promote',
      'record',
    ];
    expect(names.filter((name) => steps.includes(name))).toEqual(steps);
    // MLflow is written to while the version is scored, and its pictures are drawn while the gate decides: each once.
    expect(given(cycle, 'fit')[0]).toMatchObject({ leaves: 'tracking' });
    expect(given(cycle, 'track')[0]).toMatchObject({ leaves: 'pictures' });
    expect(names.filter((name) => ['track', 'showTraining', 'showEvidence'].includes(name)).toSorted()).toEqual([
      'showEvidence',
      'showTraining',
      'track',
    ]);
    expect(names.indexOf('openRun')).toBeGreaterThan(names.indexOf('inspect'));
    expect(names.indexOf('registerVersion')).toBeGreaterThan(names.indexOf('track'));
    expect(given(cycle, 'promote')[0]).toMatchObject({ number: 1, epoch: 0, version: 9 });
    expect(recorded(cycle)).toMatchObject({ status: 'promoted', failure: null });
  });

  it.each(['keep', 'insufficient', 'invalid'] as const)('promotes nobody where the verdict is %s', async (kind) => {
    const cycle = await stage.perform({ decide: () => judged(1, { kind, summary: 'It does not win.' }) });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'kept', summary: 'It does not win.' });
    expect(cycle.names()).not.toContain('promote');
  });

  it('ends at once where it has its result already', async () => {
    const cycle = await stage.perform({ plan: () => ({ kind: 'settled', status: 'kept', summary: 'No gain.' }) });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'kept', summary: 'No gain.' });
    expect(cycle.names()).toEqual(['plan', 'record']);
  });

  it('gives way where a champion of a later asOf reigns', async () => {
    const cycle = await stage.perform({ plan: () => ({ kind: 'superseded', attempt: 1, summary: 'Too late.' }) });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'superseded', summary: 'Too late.' });
    expect(cycle.names()).toEqual(['plan', 'record']);
  });

  it('is not fitted where it could show nothing', async () => {
    const request = { alpha: 0.025, clusters: 14, championAgeDays: 7, past: [] };
    const cycle = await stage.perform({
      plan: ({ model, lineage, asOf, definitionVersion }) =>
        planned({ model, lineage, asOf, definitionVersion }, { foresight: { request, wanted: 0.005 } }),
      forecast: () => ({ optimistic: 0.02, pessimistic: 0.04, pastCycles: 3 }),
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'skipped' });
    expect(recorded(cycle).summary).toContain('0.0200 to 0.0400');
    expect(cycle.names()).not.toContain('fit');
  });
});

describe('a champion that cannot be scored', () => {
  const unloadable = (queue: 'everywhere' | 'today', environmentHash = oldEnvironment): Scene => ({
    plan: ({ model, lineage, asOf, definitionVersion }) =>
      planned({ model, lineage, asOf, definitionVersion }, { champion: champion(3, { environmentHash }) }),
    score: ({ name, rehearsedRows }) => {
      const today = Context.current().info.taskQueue === 'reign-trainer';
      if (name.endsWith('version 3') && (today || queue === 'everywhere'))
        return fails('VersionUnloadable', 'it needs scikit-learn 1.8', false);
      return {
        predictions: hashOf(name),
        rows: 1000,
        rehearsal: rehearsedRows == null ? null : { rows: 1000, mismatches: 0, largestDifference: 0 },
        warnings: [],
      };
    },
  });

  it('by today’s trainer is scored by one of its own environment', async () => {
    const cycle = await stage.perform(unloadable('today'));
    await cycle.outcome();
    const { champion: contender } = given(cycle, 'evaluate')[0];
    expect(contender).toMatchObject({ predictions: hashOf('loans version 3'), unscorable: null });
  });

  it('by any trainer goes to the gate with the reason', async () => {
    const cycle = await stage.perform(unloadable('everywhere'));
    await cycle.outcome();
    const { champion: contender } = given(cycle, 'evaluate')[0];
    expect(contender).toMatchObject({ predictions: null, unscorable: 'VersionUnloadable: it needs scikit-learn 1.8' });
  });

  it('because the trainer of its environment was retired goes to the gate with the reason', async () => {
    const cycle = await stage.perform(unloadable('today', hashOf('an environment that nobody runs any more')));
    await expect.poll(cycle.pending).toEqual(['score scheduled']);
    await stage.nobodyTakes(61_000);
    await cycle.outcome();
    const { champion: contender } = given(cycle, 'evaluate')[0];
    expect(contender).toMatchObject({ predictions: null, unscorable: 'VersionUnloadable: it needs scikit-learn 1.8' });
  });
});

describe('a model whose fits need a class of trainers', () => {
  const needs = (name: string): Scene => ({
    plan: ({ model, lineage, asOf, definitionVersion }) =>
      planned(
        { model, lineage, asOf, definitionVersion },
        { definition: Definition.parse({ ...definition, resources: { class: name } }) },
      ),
  });

  it('is fitted by trainers of that class, and everything else is done by any', async () => {
    const cycle = await stage.perform(needs('large'));
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
    const queues = cycle.calls.filter(({ queue }) => queue !== 'reign').map(({ name, queue }) => `${name} ${queue}`);
    expect(queues.filter((call) => call.startsWith('fit '))).toEqual(['fit reign-trainer.fit.large']);
    expect(queues.filter((call) => !call.startsWith('fit ')).every((call) => call.endsWith(' reign-trainer'))).toBe(
      true,
    );
  });

  it('waits where nobody serves the class, says so, and goes on with the first who does', async () => {
    const cycle = await stage.perform(needs('huge'));
    await expect.poll(async () => (await cycle.pending()).includes('fit scheduled')).toBe(true);
    const { step, detail } = await cycle.progress();
    expect({ step, detail }).toEqual({ step: 'fit', detail: 'by a trainer of the class huge' });
    const activity = { activity: 'fit', step: 'fit', attempt: 1, startedAt: null, heartbeat: null, lastError: null };
    expect(tasksOf({ step, detail, unattended: false, activities: [{ ...activity, unattended: true }] })).toEqual([
      { step: 'fit', detail: 'to be done by a trainer of the class huge: none has taken it', waits: true },
    ]);
    await stage.serve(fitQueueOf('huge'));
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  });
});

describe('a cycle that loses the race to promote', () => {
  it('is judged again, on the same holdout, against the one that won it', async () => {
    let promotions = 0;
    const cycle = await stage.perform({
      ...beats(1),
      promote: ({ epoch }) => {
        promotions += 1;
        return promotions === 1
          ? { outcome: 'conflict', champion: champion(2) }
          : { outcome: 'promoted', epoch: epoch + 1 };
      },
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
    expect(given(cycle, 'decide', 0)[0]).toMatchObject({ number: 1, champion: { version: 1, epoch: 1 } });
    expect(given(cycle, 'decide', 1)[0]).toMatchObject({ number: 2, champion: { version: 2, epoch: 2 } });
    expect(given(cycle, 'evaluate', 1)[0].challenger).toEqual(given(cycle, 'evaluate', 0)[0].challenger);
    expect(given(cycle, 'promote', 1)[0]).toMatchObject({ number: 2, epoch: 2 });
    expect(cycle.names().filter((name) => name === 'fit')).toHaveLength(1);
  });

  it('is superseded by a champion of a later asOf', async () => {
    const later = champion(2, { asOf: '2030-01-01T00:00:00Z' });
    const cycle = await stage.perform({ ...beats(1), promote: () => ({ outcome: 'conflict', champion: later }) });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'superseded' });
    expect(recorded(cycle).summary).toContain('Version 2 (asOf 2030-01-01T00:00:00Z)');
    expect(cycle.names().filter((name) => name === 'decide')).toHaveLength(1);
  });

  it('is superseded by a champion that was fitted on rows of its holdout', async () => {
    const cycle = await stage.perform({
      ...beats(1),
      promote: () => ({ outcome: 'conflict', champion: champion(2) }),
      decide: ({ number }) => judged(number, { epoch: number, championSawHoldout: number === 2 }),
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'superseded' });
    expect(cycle.names().filter((name) => name === 'promote')).toHaveLength(1);
  });
});

describe('a step that fails', () => {
  it('for good ends the cycle with the error, where it happened, and what to do', async () => {
    const { promise: beside, resolve: observed } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begins } = Promise.withResolvers<Performance>();
    const cycle = await stage.perform({
      nameObservations: () => observed(),
      // What runs beside it has ended: the server of the tests loses answers that cross a cancellation.
      fit: async () => {
        await beside;
        const pending = async () => (await (await begun).pending()).join();
        await until('it alone runs', async () => (await pending()) === 'fit started');
        return fails('FitFailed', 'pipeline.py:12: no column "income"', false);
      },
    });
    begins(cycle);
    await expect(cycle.outcome()).rejects.toThrow();
    expect(recorded(cycle)).toMatchObject({
      status: 'failed',
      summary: 'Failed during fit: pipeline.py:12: no column "income"',
      failure: { code: 'FitFailed', step: 'fit', message: 'pipeline.py:12: no column "income"' },
    });
    expect(cycle.names()).not.toContain('evaluate');
  });

  it('while another one runs beside it waits for that one before the end is recorded', async () => {
    let scored = false;
    const { promise: begun, resolve: begins } = Promise.withResolvers<Performance>();
    const cycle = await stage.perform({
      track: () => fails('TrackerRefused', 'no such experiment', false),
      score: async () => {
        const { names, pending } = await begun;
        await until('the other one has failed', async () => {
          const isOver = !(await pending()).some((step) => step.startsWith('track '));
          return names().includes('track') && isOver;
        });
        scored = true;
        return {
          predictions: hashOf('p'),
          rows: 1,
          rehearsal: { rows: 1, mismatches: 0, largestDifference: 0 },
          warnings: [],
        };
      },
      record: (_, outcome) => {
        expect(scored).toBe(true);
        return outcome;
      },
    });
    begins(cycle);
    await expect(cycle.outcome()).rejects.toThrow();
    expect(recorded(cycle)).toMatchObject({ status: 'failed', failure: { code: 'TrackerRefused' } });
  });

  it('ten times and then works costs nothing but time, and the cycle says so while it waits', async () => {
    let tries = 0;
    const cycle = await stage.perform({
      extract: (request) => {
        tries += 1;
        if (tries <= 10) return fails('SourceUnavailable', 'connection refused', true);
        return {
          snapshots: (['train', 'holdout'] as const).map((purpose) => ({
            purpose,
            contentHash: hashOf(purpose),
            rows: request.queries.length,
            queryHash: hashOf('query'),
          })),
        };
      },
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
    const pauses = cycle.calls.filter(({ name }) => name === 'noteFault').map(({ given: [, , fault] }) => fault);
    expect(pauses).toMatchObject([
      { step: 'extract', code: 'SourceUnavailable', message: 'connection refused' },
      { step: 'extract' },
      { step: 'extract' },
    ]);
    expect(cycle.names().filter((name) => name === 'noteMended')).toHaveLength(1);
    expect(cycle.names().filter((name) => name === 'extract')).toHaveLength(11);
  });

  it('is tried again at once when somebody asks for it', async () => {
    let fixed = false;
    const cycle = await stage.perform({
      inspect: () => (fixed ? undefined : fails('LedgerUnavailable', 'connection refused', true)),
    });
    await expect.poll(() => cycle.names()).toContain('noteFault');
    expect(await cycle.progress()).toMatchObject({
      step: 'inspect',
      detail: expect.stringContaining('LedgerUnavailable: connection refused'),
    });
    fixed = true;
    await cycle.retry();
    // The clock stands still: nothing but the signal makes it go on.
    await expect.poll(() => cycle.names()).toContain('fit');
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  });

  it('by a defect is not waited for', async () => {
    const cycle = await stage.perform({ extract: () => fails('Internal', 'KeyError: 3', true) });
    await expect(cycle.outcome()).rejects.toThrow();
    expect(cycle.names().filter((name) => name === 'extract')).toHaveLength(8);
    expect(cycle.names()).not.toContain('noteFault');
    expect(recorded(cycle)).toMatchObject({ status: 'failed', failure: { code: 'Internal', step: 'extract' } });
  });

  it('is never given up where it records how the cycle ended', async () => {
    let tries = 0;
    const cycle = await stage.perform({
      record: (_, outcome) => {
        tries += 1;
        return tries <= 12 ? fails('Internal', 'read-only transaction', true) : outcome;
      },
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
    expect(tries).toBe(13);
  });

  it('to score the champion for a reason that a retry cannot fix leads to no failure', async () => {
    const cycle = await stage.perform({
      plan: ({ model, lineage, asOf, definitionVersion }) =>
        planned(
          { model, lineage, asOf, definitionVersion },
          { champion: champion(3, { unscorable: 'ColumnMissing: income' }) },
        ),
    });
    await cycle.outcome();
    expect(given(cycle, 'evaluate')[0].champion).toMatchObject({
      unscorable: 'ColumnMissing: income',
      predictions: null,
    });
  });
});

it('scores the anchor and whom the last promotion beat beside the champion', async () => {
  const promotion = {
    cycle: 'loans/live/2023-12-03T00:00:00Z/1',
    epoch: 3,
    window: { from: '2023-12-01T00:00:00Z', to: '2023-12-15T00:00:00Z' },
    promised: { estimate: 0.01, low: 0.002, high: 0.018 },
    beaten: version(1),
  };
  const cycle = await stage.perform({
    plan: ({ model, lineage, asOf, definitionVersion }) =>
      planned(
        { model, lineage, asOf, definitionVersion },
        { champion: champion(3, { anchor: version(2), promotion }) },
      ),
  });
  await cycle.outcome();
  const names = cycle.calls.flatMap(({ name, given: [request] }) =>
    name === 'score' ? [(request as { name: string }).name] : [],
  );
  expect(names.filter((name) => !name.startsWith('the')).toSorted()).toEqual([
    'loans version 1',
    'loans version 2',
    'loans version 3',
  ]);
  expect(given(cycle, 'evaluate')[0]).toMatchObject({
    anchor: { cycle: version(2).cycle },
    followUp: { epoch: 3, beaten: { cycle: version(1).cycle } },
  });
});

it('ends as it was judged where MLflow takes no pictures for good, and warns', async () => {
  const cycle = await stage.perform({
    showTraining: () => fails('TrackerRefused', 'no such run', false),
    showEvidence: () => fails('TrackerRefused', 'no such run', false),
  });
  await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  const warnings = cycle.calls.flatMap(({ name, given }) => (name === 'noteUnshown' ? [given[1]] : []));
  expect(warnings.toSorted()).toEqual([
    'MLflow does not show the evidence: no such run',
    'MLflow does not show the training: no such run',
  ]);
});
