import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../activities/tracking/openRun.ts';
import { projectChampion } from '../../activities/tracking/projectChampion.ts';
import { registerVersion } from '../../activities/tracking/registerVersion.ts';
import { sweepStrays } from '../../activities/tracking/sweepStrays.ts';
import { tagOutcome } from '../../activities/tracking/tagOutcome.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameFit, versionOf } from '../../ledger/versions.ts';
import { ensureExperiment } from '../../tracker/experiments.ts';
import {
  createLoggedModel,
  deleteLoggedModel,
  getLoggedModel,
  searchLoggedModelsByTag,
} from '../../tracker/loggedModels.ts';
import { openTracker, type Tracker } from '../../tracker/openTracker.ts';
import {
  createVersion,
  deleteAlias,
  deleteVersion,
  ensureRegisteredModel,
  getAlias,
  getVersion,
  searchVersionsByTag,
  setAlias,
  setVersionTags,
} from '../../tracker/registry.ts';
import { nothing, request } from '../../tracker/request.ts';
import { createRun, deleteRun, endRun, getRun, searchRunsByTag, setRunTags } from '../../tracker/runs.ts';
import { cycleTag } from '../../tracker/tags.ts';
import { type Actor, apply, claim, crown, fitResult, identity, judge, model, snapshot } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { startMlflow, type TestMlflow } from './startMlflow.ts';

let server: TestMlflow;
let tracker: Tracker;
beforeAll(async () => {
  server = await startMlflow();
  tracker = openTracker(server.uri, {});
});
afterAll(() => server?.stop());

describe('what MLflow answers', () => {
  test('an experiment is made once, however many ask at once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => ensureExperiment(tracker, 'experiments')));
    expect(new Set(ids).size).toBe(1);
  });

  test('a deleted experiment is refused, and the message says how to bring it back', async () => {
    const id = await ensureExperiment(tracker, 'deleted');
    const body = { experiment_id: id };
    await request(tracker, { method: 'POST', path: 'experiments/delete', body, answer: nothing });
    await expect(ensureExperiment(tracker, 'deleted')).rejects.toMatchObject({
      code: 'TrackerRefused',
      message: expect.stringContaining(`--experiment-id ${id}`),
    });
  });

  test('runs: created with tags, found by them, tagged, ended, deleted', async () => {
    const experiment = await ensureExperiment(tracker, 'runs');
    const run = await createRun(tracker, experiment, '2001-02-12', { [cycleTag]: 'a.live.2001', other: 'ü "x"' });
    expect(run).toMatchObject({ status: 'RUNNING', deleted: false });
    expect(run.tags).toMatchObject({ [cycleTag]: 'a.live.2001', other: 'ü "x"', 'mlflow.runName': '2001-02-12' });
    await createRun(tracker, experiment, 'b', { [cycleTag]: 'b.live.2001' });
    const found = await searchRunsByTag(tracker, experiment, cycleTag, 'a.live.2001');
    expect(found.map(({ runId }) => runId)).toEqual([run.runId]);
    await setRunTags(tracker, run.runId, { 'reign.verdict': 'keep' });
    await endRun(tracker, run.runId, 'FINISHED');
    expect(await getRun(tracker, run.runId)).toMatchObject({ status: 'FINISHED', tags: { 'reign.verdict': 'keep' } });
    await deleteRun(tracker, run.runId);
    await deleteRun(tracker, run.runId);
    await deleteRun(tracker, 'nothing');
    expect(await searchRunsByTag(tracker, experiment, cycleTag, 'a.live.2001')).toEqual([]);
    expect(await getRun(tracker, 'nothing')).toBeUndefined();
  });

  test('logged models: created pending, found by tag, deleted', async () => {
    const experimentId = await ensureExperiment(tracker, 'models');
    const { runId } = await createRun(tracker, experimentId, 'a', {});
    const made = await createLoggedModel(tracker, { experimentId, name: 'm', runId, tags: { [cycleTag]: 'a' } });
    expect(made).toMatchObject({ status: 'LOGGED_MODEL_PENDING', sourceRunId: runId, tags: { [cycleTag]: 'a' } });
    expect(await searchLoggedModelsByTag(tracker, experimentId, cycleTag, 'a')).toEqual([made]);
    expect(await getLoggedModel(tracker, made.modelId)).toEqual(made);
    await deleteLoggedModel(tracker, made.modelId);
    await deleteLoggedModel(tracker, made.modelId);
    expect(await getLoggedModel(tracker, made.modelId)).toBeUndefined();
    expect(await searchLoggedModelsByTag(tracker, experimentId, cycleTag, 'a')).toEqual([]);
  });

  test('versions and aliases: created, found by tag, aliased, deleted; what is missing is undefined', async () => {
    const experimentId = await ensureExperiment(tracker, 'registry');
    const { runId } = await createRun(tracker, experimentId, 'a', {});
    const { modelId } = await createLoggedModel(tracker, { experimentId, name: 'm', runId, tags: {} });
    expect(await getAlias(tracker, 'registry', 'champion')).toBeUndefined();
    await Promise.all([ensureRegisteredModel(tracker, 'registry'), ensureRegisteredModel(tracker, 'registry')]);
    expect(await getAlias(tracker, 'registry', 'champion')).toBeUndefined();
    const made = await createVersion(tracker, { name: 'registry', modelId, runId, tags: { [cycleTag]: 'a' } });
    expect(made).toMatchObject({ version: 1, source: `models:/${modelId}`, runId, tags: { [cycleTag]: 'a' } });
    await createVersion(tracker, { name: 'registry', modelId, runId, tags: { [cycleTag]: 'a' } });
    const numbers = async () =>
      (await searchVersionsByTag(tracker, 'registry', cycleTag, 'a')).map(({ version }) => version);
    expect(await numbers()).toEqual([1, 2]);
    await setAlias(tracker, 'registry', 'champion', 2);
    expect(await getAlias(tracker, 'registry', 'champion')).toBe(2);
    await setVersionTags(tracker, 'registry', 2, { 'reign.verdict': 'promote', 'reign.beat': '' });
    expect((await getVersion(tracker, 'registry', 2))?.tags).toMatchObject({ 'reign.verdict': 'promote' });
    await deleteAlias(tracker, 'registry', 'champion');
    await deleteAlias(tracker, 'registry', 'champion');
    await deleteVersion(tracker, 'registry', 2);
    await deleteVersion(tracker, 'registry', 2);
    expect(await numbers()).toEqual([1]);
    expect(await getVersion(tracker, 'registry', 2)).toBeUndefined();
    await expect(setAlias(tracker, 'registry', 'champion', 9)).rejects.toMatchObject({ code: 'TrackerRefused' });
  });

  test('a name that MLflow does not take is refused with its own words', async () => {
    await expect(ensureRegisteredModel(tracker, 'a/b:c')).rejects.toMatchObject({
      code: 'TrackerRefused',
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('Invalid model name'),
    });
  });
});

/** One ledger and one registered model for all that follows: each test has a week of its own. */
describe('one run, one logged model, one version', () => {
  let ledger: TestLedger;
  let other: ReturnType<typeof openLedger>;
  beforeAll(async () => {
    ledger = await withLedger();
    other = openLedger(ledger.url);
    await apply(ledger.db);
  });
  afterAll(async () => {
    await other?.close();
    await ledger?.[Symbol.asyncDispose]();
  });

  const actor = (week: number): Actor => ({ db: ledger.db, week });
  const made = async (id: string) => {
    const experiment = await ensureExperiment(tracker, model);
    return {
      runs: (await searchRunsByTag(tracker, experiment, cycleTag, id)).map(({ runId }) => runId),
      models: (await searchLoggedModelsByTag(tracker, experiment, cycleTag, id)).map(({ modelId }) => modelId),
      versions: (await searchVersionsByTag(tracker, model, cycleTag, id)).map(({ version }) => version),
    };
  };
  const claimed = async (week: number) => {
    await claim(actor(week));
    await nameSnapshots(ledger.db, identity({ week }).id, [
      snapshot(actor(week), 'train'),
      snapshot(actor(week), 'holdout'),
    ]);
    return identity({ week });
  };
  const registered = async (week: number) => {
    const cycle = await claimed(week);
    const { modelId } = await openRun(tracker, ledger.db, cycle);
    await nameFit(ledger.db, cycle.id, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
    return { cycle, version: await registerVersion(tracker, ledger.db, cycle) };
  };

  test('of several attempts at once one run and one logged model are left, and all were told which', async () => {
    const cycle = await claimed(1);
    const dbs = [ledger.db, other.db, ledger.db, other.db];
    const runs = await Promise.all(dbs.map((db) => openRun(tracker, db, cycle)));
    expect(new Set(runs.map((run) => JSON.stringify(run))).size).toBe(1);
    expect(await made(cycle.id)).toEqual({ runs: [runs[0]?.runId], models: [runs[0]?.modelId], versions: [] });
    const run = await getRun(tracker, runs[0]?.runId ?? '');
    expect(run?.tags).toMatchObject({ [cycleTag]: cycle.id, 'reign.asOf': cycle.asOf, 'reign.lineage': 'live' });
    expect(await openRun(tracker, ledger.db, cycle)).toEqual(runs[0]);
  });

  test('of several attempts at once one version is left, the lowest, and all were told which', async () => {
    const cycle = await claimed(2);
    const { modelId } = await openRun(tracker, ledger.db, cycle);
    await nameFit(ledger.db, cycle.id, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
    const dbs = [ledger.db, other.db, ledger.db, other.db];
    const versions = await Promise.all(dbs.map((db) => registerVersion(tracker, db, cycle)));
    await sweepStrays(tracker, ledger.db, cycle.id);
    expect(new Set(versions).size).toBe(1);
    expect((await made(cycle.id)).versions).toEqual([versions[0]]);
    expect((await versionOf(ledger.db, { cycle: cycle.id }))?.version).toBe(versions[0]);
    expect((await getVersion(tracker, model, versions[0] ?? 0))?.source).toBe(`models:/${modelId}`);
  });

  test('an attempt that died before the ledger knew leaves its run, model and version to the next', async () => {
    const cycle = await claimed(3);
    const experimentId = await ensureExperiment(tracker, model);
    const tags = { [cycleTag]: cycle.id };
    const { runId } = await createRun(tracker, experimentId, 'died', tags);
    const { modelId } = await createLoggedModel(tracker, { experimentId, name: model, runId, tags });
    expect(await openRun(tracker, ledger.db, cycle)).toEqual({ experimentId, runId, modelId });
    await nameFit(ledger.db, cycle.id, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
    await ensureRegisteredModel(tracker, model);
    const { version } = await createVersion(tracker, { name: model, modelId, runId, tags });
    await createVersion(tracker, { name: model, modelId, runId, tags });
    expect(await registerVersion(tracker, ledger.db, cycle)).toBe(version);
    expect(await made(cycle.id)).toEqual({ runs: [runId], models: [modelId], versions: [version] });
  });

  test('strays of an attempt that comes late are removed at the end', async () => {
    const { cycle, version } = await registered(4);
    const before = await made(cycle.id);
    const experimentId = await ensureExperiment(tracker, model);
    const tags = { [cycleTag]: cycle.id };
    const { runId } = await createRun(tracker, experimentId, 'late', tags);
    const { modelId } = await createLoggedModel(tracker, { experimentId, name: model, runId, tags });
    await createVersion(tracker, { name: model, modelId, runId, tags });
    await sweepStrays(tracker, ledger.db, cycle.id);
    expect(await made(cycle.id)).toEqual({ ...before, versions: [version] });
  });

  test('the alias follows the ledger: set, mended when moved by hand, taken away where nobody reigns', async () => {
    const alias = () => getAlias(tracker, model, 'champion');
    const first = await registered(5);
    await setAlias(tracker, model, 'champion', first.version);
    await projectChampion(tracker, ledger.db, model);
    expect(await alias()).toBeUndefined();

    await crown(actor(5), await judge({ ...actor(5), version: first.version }));
    await projectChampion(tracker, ledger.db, model);
    expect(await alias()).toBe(first.version);

    const second = await registered(6);
    await crown(actor(6), await judge({ ...actor(6), version: second.version }));
    await setAlias(tracker, model, 'champion', first.version);
    await Promise.all([ledger.db, other.db, ledger.db].map((db) => projectChampion(tracker, db, model)));
    expect(await alias()).toBe(second.version);
    await deleteAlias(tracker, model, 'champion');
    await projectChampion(tracker, ledger.db, model);
    expect(await alias()).toBe(second.version);
  });

  test('many that promote and project at the same time leave the alias on who reigns', async () => {
    const rivals = [await registered(7), await registered(8)];
    const judgements = [];
    for (const [at, { version }] of rivals.entries()) judgements.push(await judge({ ...actor(7 + at), version }));
    await Promise.all(
      judgements.map(async (judgement, at) => {
        await crown(actor(7 + at), judgement);
        await projectChampion(tracker, at === 0 ? ledger.db : other.db, model);
      }),
    );
    const champion = await currentChampion(ledger.db, model, 'live');
    expect(rivals.map(({ version }) => version)).toContain(champion?.version);
    expect(await getAlias(tracker, model, 'champion')).toBe(champion?.version);
  });

  test('the outcome is written onto run and version', async () => {
    const { cycle, version } = await registered(9);
    const promoting = { ...actor(9), version };
    const judgement = await judge(promoting);
    await crown(promoting, judgement);
    await recordOutcome(ledger.db, cycle.id, {
      status: 'promoted',
      verdict: 'promote',
      summary: 'Better by 0.2.',
      champion: judgement.champion,
      challenger: version,
      primary: { metric: 'roc_auc', challenger: 0.7, champion: 0.5, difference: 0.2, low: 0.1, high: 0.3 },
    });
    await tagOutcome(tracker, ledger.db, cycle.id);
    await tagOutcome(tracker, ledger.db, cycle.id);
    const tags = {
      'reign.status': 'promoted',
      'reign.verdict': 'promote',
      'reign.difference': '0.2',
      'reign.differenceLow': '0.1',
      'reign.beat': String(judgement.champion),
    };
    expect((await getVersion(tracker, model, version))?.tags).toMatchObject(tags);
    const run = await getRun(tracker, (await versionOf(ledger.db, { cycle: cycle.id }))?.run.runId ?? '');
    expect(run).toMatchObject({ status: 'FINISHED', tags });
  });
});
