import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { recordActivities } from '../../activities/record.ts';
import { followLedger, followPending } from '../../activities/tracking/followLedger.ts';
import { openRun } from '../../activities/tracking/openRun.ts';
import { registerVersion } from '../../activities/tracking/registerVersion.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { eventsOf } from '../../ledger/events.ts';
import { filesDigest } from '../../ledger/filesDigest.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameFit, versionOf } from '../../ledger/versions.ts';
import { deleteOperation } from '../../operations/delete.ts';
import { perform } from '../../operations/operation.ts';
import { showOperation } from '../../operations/show.ts';
import { verifyFiles } from '../../operations/verify/verifyFiles.ts';
import { projectChampion } from '../../projection/projectChampion.ts';
import { sweepStrays } from '../../projection/sweepStrays.ts';
import { tagOutcome } from '../../projection/tagOutcome.ts';
import { compareAliases } from '../../reconcile/aliases.ts';
import { askingMlflow } from '../../reconcile/askingMlflow.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { Definition, Gate } from '../../schemas/definition.ts';
import type { RetrainRequest } from '../../schemas/steps.ts';
import { knownSettings } from '../../settings/settings.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore } from '../../store/openStore.ts';
import { ensureExperiment } from '../../tracker/experiments.ts';
import {
  createLoggedModel,
  deleteLoggedModel,
  getLoggedModel,
  searchLoggedModelsByTag,
} from '../../tracker/loggedModels.ts';
import { modelFiles } from '../../tracker/modelFiles.ts';
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
import { attemptTag, cycleTag } from '../../tracker/tags.ts';
import { validDefinition } from '../definition/valid.ts';
import {
  type Actor,
  apply,
  claim,
  crown,
  fitResult,
  hashOf,
  identity,
  judge,
  model,
  primary,
  snapshot,
  windows,
} from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { storePlace } from '../storePlace.ts';
import { startMlflow, type TestMlflow } from './startMlflow.ts';

let server: TestMlflow;
let tracker: Tracker;
beforeAll(async () => {
  server = await startMlflow();
  tracker = openTracker(server.uri, {});
});
afterAll(() => server?.stop());

async function runWithTags(name: string): Promise<{ experimentId: string; runId: string }> {
  const experimentId = await ensureExperiment(tracker, name);
  return { experimentId, runId: (await createRun(tracker, experimentId, name, {})).runId };
}

/** Where this server keeps the files of a logged model: a folder. */
async function artifactFolder(modelId: string): Promise<string> {
  const answer = z.object({ model: z.object({ info: z.object({ artifact_uri: z.string() }) }) });
  const { model: found } = await request(tracker, { method: 'GET', path: `logged-models/${modelId}`, answer });
  return found.info.artifact_uri.replace('file://', '');
}

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

  test("a model's files, and what is not as it was fitted", async () => {
    const { experimentId, runId } = await runWithTags('files');
    const { modelId } = await createLoggedModel(tracker, { experimentId, name: 'files', runId, tags: {} });
    expect(await modelFiles(tracker, modelId)).toEqual({});
    const folder = await artifactFolder(modelId);
    mkdirSync(join(folder, 'data', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'MLmodel'), 'flavors:');
    writeFileSync(join(folder, 'data', 'model.pkl'), Buffer.alloc(3_000_000, 'ab'));
    writeFileSync(join(folder, 'data', 'deep', 'a b&c.txt'), '');
    const files = {
      MLmodel: hashOf('flavors:'),
      'data/deep/a b&c.txt': hashOf(''),
      'data/model.pkl': hashOf('ab'.repeat(1_500_000)),
    };
    expect(await modelFiles(tracker, modelId)).toEqual(files);

    const version = {
      version: 3,
      run: { experimentId, runId, modelId },
      files,
      digest: filesDigest(files),
    };
    expect(await verifyFiles(tracker, version)).toMatchObject([{ part: 'files', outcome: 'identical' }]);
    // Somebody who may write where MLflow keeps its files.
    writeFileSync(join(folder, 'data', 'model.pkl'), 'another model');
    rmSync(join(folder, 'MLmodel'));
    writeFileSync(join(folder, 'sitecustomize.py'), '');
    const [altered] = await verifyFiles(tracker, version);
    expect(altered).toMatchObject({ outcome: 'differs', said: expect.stringContaining('files of version 3') });
    expect(altered?.differences.map(({ path, stored, recomputed }) => [path, stored, recomputed])).toEqual([
      ['files.MLmodel', hashOf('flavors:'), undefined],
      ['files["data/model.pkl"]', files['data/model.pkl'], hashOf('another model')],
      ['files["sitecustomize.py"]', undefined, hashOf('')],
    ]);
    expect(await verifyFiles(tracker, { ...version, digest: hashOf('x') })).toMatchObject([{ outcome: 'differs' }]);
    await deleteLoggedModel(tracker, modelId);
    for (const gone of [tracker, openTracker('http://127.0.0.1:9', {}), null])
      expect(await verifyFiles(gone, version)).toMatchObject([{ part: 'files', outcome: 'impossible' }]);
    expect(await verifyFiles(tracker, { ...version, files: null, digest: null })).toEqual([]);
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
  const claimed = async (week: number, token?: string, content?: string) => {
    const { attempt } = (await claim(actor(week), token)).cycle;
    const cycle = { ...identity({ week }), attempt };
    await nameSnapshots(ledger.db, cycle, [
      snapshot(actor(week), 'train', content),
      snapshot(actor(week), 'holdout', content),
    ]);
    return cycle;
  };
  const registered = async (week: number, token?: string, content?: string) => {
    const cycle = await claimed(week, token, content);
    const { modelId } = await openRun(tracker, ledger.db, cycle);
    await nameFit(ledger.db, cycle, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
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
    await nameFit(ledger.db, cycle, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
    const dbs = [ledger.db, other.db, ledger.db, other.db];
    const versions = await Promise.all(dbs.map((db) => registerVersion(tracker, db, cycle)));
    await sweepStrays(tracker, ledger.db, cycle.id);
    expect(new Set(versions).size).toBe(1);
    expect((await made(cycle.id)).versions).toEqual([versions[0]]);
    expect((await versionOf(ledger.db, { cycle: cycle.id }))?.version).toBe(versions[0]);
    expect((await getVersion(tracker, model, versions[0] ?? 0))?.source).toBe(`models:/${modelId}`);
  });

  test('a try that died before the ledger knew leaves its run, model and version to the next of the same attempt', async () => {
    const cycle = await claimed(3);
    const experimentId = await ensureExperiment(tracker, model);
    const tags = { [cycleTag]: cycle.id, [attemptTag]: '1' };
    const { runId } = await createRun(tracker, experimentId, 'died', tags);
    const { modelId } = await createLoggedModel(tracker, { experimentId, name: model, runId, tags });
    expect(await openRun(tracker, ledger.db, cycle)).toMatchObject({ experimentId, runId, modelId });
    await nameFit(ledger.db, cycle, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
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
    const look = () =>
      compareAliases({
        ledger: { db: ledger.db, close: async () => {} },
        repair: null,
        grace: 0,
        ...askingMlflow(tracker),
      });
    expect(await look()).toEqual([]);
    await setAlias(tracker, model, 'champion', first.version);
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'alias-moved', model, outcome: 'found' },
        text: `the alias champion was moved by hand to version ${first.version}; the champion is version ${second.version}`,
        advice: `Whoever loads models:/${model}@champion gets another model. reign reconcile sets it again.`,
      },
    ]);
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
      primary: { ...primary, champion: 0.5 },
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

  const failure = { code: 'FitFailed', message: 'it raised', advice: 'mend it', step: 'fit', traceback: null };
  const refused = { code: 'LedgerConflict' };

  test('a new attempt of a failed cycle has its own run, model and version; those of the one before go', async () => {
    const old = await registered(10);
    const before = await made(old.cycle.id);
    await recordOutcome(ledger.db, old.cycle.id, { status: 'failed', failure, attempt: 1 });
    await tagOutcome(tracker, ledger.db, old.cycle.id);
    const cycle = await claimed(10, 'again', 'corrected');
    // What died before the ledger knew of it: of the attempt that was given up, and of this one.
    const experimentId = await ensureExperiment(tracker, model);
    const tags = (attempt: string) => ({ [cycleTag]: cycle.id, [attemptTag]: attempt });
    await createRun(tracker, experimentId, 'of the first', tags('1'));
    const mine = await createRun(tracker, experimentId, 'of the second', tags('2'));
    const dbs = [ledger.db, other.db, ledger.db];
    const runs = await Promise.all(dbs.map((db) => openRun(tracker, db, cycle)));
    expect(new Set(runs.map((run) => JSON.stringify(run))).size).toBe(1);
    expect(runs[0]?.runId).toBe(mine.runId);
    expect(await made(cycle.id)).toEqual({ runs: [mine.runId], models: [runs[0]?.modelId], versions: [] });

    const modelUri = `models:/${runs[0]?.modelId}`;
    await nameFit(ledger.db, cycle, { ...fitResult(cycle.id), modelUri });
    // The version of the first attempt, back by an activity of it that comes late.
    const [runId = '', modelId = ''] = [before.runs[0], before.models[0]];
    await createVersion(tracker, { name: model, modelId: runs[0]?.modelId ?? '', runId, tags: tags('1') });
    const version = await registerVersion(tracker, ledger.db, cycle);
    expect(version).toBeGreaterThan(old.version);
    expect((await getVersion(tracker, model, version))?.source).toBe(modelUri);
    expect(await made(cycle.id)).toEqual({ runs: [mine.runId], models: [runs[0]?.modelId], versions: [version] });
    expect(await getLoggedModel(tracker, modelId)).toBeUndefined();
    expect((await versionOf(ledger.db, { cycle: cycle.id }))?.trainSnapshot).toBe(
      snapshot(actor(10), 'train', 'corrected').contentHash,
    );

    await expect(openRun(tracker, ledger.db, old.cycle)).rejects.toMatchObject(refused);
    await expect(registerVersion(tracker, ledger.db, old.cycle)).rejects.toMatchObject(refused);
    await sweepStrays(tracker, ledger.db, cycle.id);
    expect(await made(cycle.id)).toEqual({ runs: [mine.runId], models: [runs[0]?.modelId], versions: [version] });
  });

  test('a sweep of an earlier attempt leaves alone what a later one is about to name', async () => {
    const { cycle } = await registered(11);
    const before = await made(cycle.id);
    const experimentId = await ensureExperiment(tracker, model);
    const tags = { [cycleTag]: cycle.id, [attemptTag]: '2' };
    const { runId } = await createRun(tracker, experimentId, 'the next', tags);
    const { modelId } = await createLoggedModel(tracker, { experimentId, name: model, runId, tags });
    await sweepStrays(tracker, ledger.db, cycle.id);
    const after = await made(cycle.id);
    expect(after).toEqual({ ...before, runs: [...before.runs, runId], models: [...before.models, modelId] });
  });

  test('a run that was deleted by hand is replaced by a new one, once', async () => {
    const cycle = await claimed(12);
    const gone = await openRun(tracker, ledger.db, cycle);
    await deleteRun(tracker, gone.runId);
    const dbs = [ledger.db, other.db, ledger.db];
    const runs = await Promise.all(dbs.map((db) => openRun(tracker, db, cycle)));
    expect(new Set(runs.map((run) => JSON.stringify(run))).size).toBe(1);
    expect(runs[0]?.runId).not.toBe(gone.runId);
    expect(await made(cycle.id)).toEqual({ runs: [runs[0]?.runId], models: [runs[0]?.modelId], versions: [] });
  });

  test('what was judged stays the cycle’s; where it was deleted by hand the error says what to do', async () => {
    const first = await registered(13);
    await judge({ ...actor(13), version: first.version }, 'keep');
    await recordOutcome(ledger.db, first.cycle.id, { status: 'failed', failure });
    const before = await made(first.cycle.id);
    const again = await registered(13, 'again');
    expect(again.version).toBe(first.version);
    expect(await made(first.cycle.id)).toEqual(before);
    await deleteRun(tracker, before.runs[0] ?? '');
    const message = expect.stringContaining('apply a new definition version, or choose another asOf');
    await expect(openRun(tracker, ledger.db, again.cycle)).rejects.toMatchObject({ ...refused, message });
  });

  test('the end of a cycle: nothing for one that was never claimed, fenced by attempt, the alias before the tags', async () => {
    const { record } = recordActivities({ tracker, store: openStore('/nowhere'), ledger });
    const request = (week: number): RetrainRequest => ({ ...identity({ week }), trigger: 'demo' });
    const failed = { status: 'failed', summary: 'Failed.', failure } as const;
    await record(request(99), failed, { attempt: null, token: 'run-1' });
    expect(await cycleById(ledger.db, identity({ week: 99 }).id)).toBeUndefined();

    const { cycle } = await registered(14);
    await claim(actor(14), 'again');
    await expect(record(request(14), failed, { attempt: 1, token: 'run-1' })).rejects.toMatchObject(refused);
    // The plan failed after it had claimed, or before.
    await expect(record(request(14), failed, { attempt: null, token: 'run-1' })).rejects.toMatchObject(refused);
    await record(request(14), failed, { attempt: null, token: 'unknown' });
    expect(await cycleById(ledger.db, cycle.id)).toMatchObject({ status: 'running', attempt: 2 });
    await record(request(14), failed, { attempt: null, token: 'again' });
    expect(await cycleById(ledger.db, cycle.id)).toMatchObject({ status: 'failed', attempt: 2 });
  });

  test('what MLflow refuses at the end of a cycle is a warning, after the alias was set', async () => {
    const { cycle, version } = await registered(15);
    await crown(actor(15), await judge({ ...actor(15), version }));
    await recordOutcome(ledger.db, cycle.id, { status: 'promoted', summary: 'Better.' });
    const { runId } = (await versionOf(ledger.db, { cycle: cycle.id }))?.run ?? expect.unreachable();
    const passOn = globalThis.fetch;
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (address, init) => {
      // A person deletes the run between Reign's look at it and its tags.
      if (String(address).endsWith('/runs/log-batch')) {
        const body = JSON.stringify({ run_id: runId });
        const headers = { 'content-type': 'application/json' };
        await passOn(`${tracker.uri}/api/2.0/mlflow/runs/delete`, { method: 'POST', body, headers });
      }
      return await passOn(address, init);
    });
    await followLedger({ tracker, ledger }, cycle).finally(() => spy.mockRestore());
    await followLedger({ tracker, ledger }, cycle);
    expect(await getAlias(tracker, model, 'champion')).toBe(version);
    const warnings = (await eventsOf(ledger.db, cycle.id)).filter(({ kind }) => kind === 'warning');
    expect(warnings).toEqual([
      expect.objectContaining({ detail: { warning: expect.stringContaining('MLflow refuses') } }),
    ]);
  });

  test('what MLflow refused, or never answered, stays pending and is tried again until it holds', async () => {
    const { cycle, version } = await registered(16);
    await crown(actor(16), await judge({ ...actor(16), version }));
    await recordOutcome(ledger.db, cycle.id, { status: 'promoted', summary: 'Better.' });
    const parts = async () => (await pendingProjections(ledger.db)).map((one) => [one.part, one.tries]);
    await setVersionTags(tracker, model, version, { [cycleTag]: 'somebody else' });
    await followLedger({ tracker, ledger }, cycle);
    expect(await parts()).toEqual([['champion', 2]]);
    // Whoever waits for MLflow may be terminated: nobody's activity tries again then.
    const nobody = openTracker('http://127.0.0.1:9', {});
    await expect(followLedger({ tracker: nobody, ledger }, cycle)).rejects.toMatchObject({
      code: 'TrackerUnavailable',
    });
    await setVersionTags(tracker, model, version, { [cycleTag]: cycle.id });
    const log = pino({ enabled: false });
    await followPending({ tracker, ledger, log });
    expect(await parts()).toEqual([
      ['champion', 2],
      ['outcome', 1],
    ]);
    const later = () =>
      sql`update reign.pending_projections set tried_at = tried_at - interval '3 minutes'`.execute(ledger.db);
    await later();
    await followPending({ tracker: nobody, ledger, log });
    expect(await parts()).toEqual([
      ['champion', 3],
      ['outcome', 2],
    ]);
    await later();
    await later();
    await followPending({ tracker, ledger, log });
    expect(await parts()).toEqual([]);
    expect(await getAlias(tracker, model, 'champion')).toBe(version);
    expect((await getVersion(tracker, model, version))?.tags['reign.status']).toBe('promoted');
  });

  test('a registry that was reset: no alias on another model, and a number of another cycle is one clear error', async () => {
    const { cycle, version } = await registered(17);
    await crown(actor(17), await judge({ ...actor(17), version }));
    await setVersionTags(tracker, model, version, { [cycleTag]: 'another' });
    await deleteAlias(tracker, model, 'champion');
    await expect(projectChampion(tracker, ledger.db, model)).rejects.toMatchObject({
      code: 'TrackerRefused',
      message: expect.stringContaining('registry was reset or replaced'),
    });
    await deleteVersion(tracker, model, version);
    await followLedger({ tracker, ledger }, cycle);
    expect(await getAlias(tracker, model, 'champion')).toBeUndefined();
    const [warning] = await eventsOf(ledger.db, cycle.id);
    expect(warning).toMatchObject({
      kind: 'warning',
      detail: { warning: expect.stringContaining('does not have it') },
    });

    await request(tracker, {
      method: 'DELETE',
      path: 'registered-models/delete',
      body: { name: model },
      answer: nothing,
    });
    await expect(registered(18)).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^MLflow gave the new version of flight-delay the number 1/),
    });
  });
});

test('a deleted model leaves nothing of its own in MLflow and the store, and all that others have', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const folder = mkdtempSync(join(tmpdir(), 'reign-delete-'));
  const place = storePlace(join(folder, 'store'));
  const [store, objects] = [openStore(place), openObjects(place)];
  try {
    const definition = Definition.parse(parse(validDefinition));
    const codeHash = await store.writeDocument('code', 'shared');
    const applied = (name: string) =>
      storeDefinition(db, {
        definition: { ...definition, model: name },
        codeHash,
        columns: [],
        appliedBy: osUser('ada'),
      });
    for (const name of ['doomed', 'kept']) await applied(name);
    const predictions = { own: hashOf('own'), shared: hashOf('shared') };
    for (const [kind, hash] of [
      ...['predictions', 'predictions'].map((kind, at) => [kind, Object.values(predictions)[at]] as const),
      ...['snapshots', 'rowids'].map((kind) => [kind, hashOf('holdout doomed')] as const),
      ['snapshots', hashOf('train both')] as const,
    ])
      await objects.put(`${kind}/${hash}/manifest.json`, Buffer.from(JSON.stringify({ contentHash: hash })));
    const fitted = async (name: string, found: string[], definitionVersion = 1) => {
      const key = { model: name, lineage: 'live', asOf: '2001-02-19T00:00:00Z', definitionVersion };
      const cycle = { id: cycleId(key), ...key, attempt: 1 };
      await claimCycle(db, { ...cycle, trigger: 'manual', windows: windows(1), attemptToken: name });
      await nameSnapshots(db, cycle, [
        { ...snapshot({ week: 1 }, 'train'), contentHash: hashOf('train both') },
        { ...snapshot({ week: 1 }, 'holdout'), contentHash: hashOf(`holdout ${name}`) },
      ]);
      const { modelId, runId } = await openRun(tracker, db, cycle);
      await nameFit(db, cycle, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
      const version = await registerVersion(tracker, db, cycle);
      const evidence = await store.writeDocument(
        'evidence',
        JSON.stringify({ name, challenger: { predictions: found[0] }, shuffledFit: found[1] }),
      );
      await storeJudgement(db, {
        ...{
          cycle: cycle.id,
          attempt: 1,
          number: 1,
          epoch: 0,
          challenger: version,
          champion: null,
          championCycle: null,
        },
        ...{ evidence, rehearsal: null, policy: { gate: Gate.parse({}), labels: 'complete' }, primary },
        verdict: { kind: 'keep', summary: 'It does not win.', deciding: 'primary', checks: [] },
      });
      await recordOutcome(db, cycle.id, { status: 'kept' });
      return { name, modelId, runId, version, evidence };
    };
    const doomed = await fitted('doomed', [predictions.own, predictions.shared]);
    const kept = await fitted('kept', [predictions.shared]);

    const context = {
      ledger: { db, close: () => Promise.resolve() },
      store,
      tracker,
      actor: osUser('ada'),
      onEvent: () => {},
      temporal: () => Promise.reject(new Error('none')),
    };
    const settings = knownSettings({ REIGN_HOME: folder });
    const request = { model: 'doomed', reason: 'not used any more' };
    const planned = await perform(deleteOperation, { ...context, settings }, { ...request, dryRun: true });
    expect(planned).toMatchObject({ deleted: false, cycles: 1, versions: 1, objects: 4 });
    expect(await perform(deleteOperation, { ...context, settings }, request)).toEqual({ ...planned, deleted: true });

    const there = async ({ name, modelId, runId, version, evidence }: typeof doomed) => ({
      run: (await getRun(tracker, runId))?.deleted === false,
      model: (await getLoggedModel(tracker, modelId)) !== undefined,
      version: (await getVersion(tracker, name, version)) !== undefined,
      evidence: await store.hasDocument('evidence', evidence),
      holdout: await store.hasRows('snapshots', hashOf(`holdout ${name}`)),
    });
    expect(await there(doomed)).toEqual({ run: false, model: false, version: false, evidence: false, holdout: false });
    expect(await there(kept)).toMatchObject({ run: true, model: true, version: true, evidence: true });
    expect(await store.hasDocument('code', codeHash)).toBe(true);
    const left = async (kind: string) => (await objects.list(kind)).map(({ name }) => name);
    expect([await left('predictions'), await left('snapshots'), await left('rowids')]).toEqual([
      [predictions.shared],
      [hashOf('train both')],
      [],
    ]);
    // Its history can be read all the same.
    const shown = await perform(showOperation, context, { cycle: 'doomed' });
    expect(shown).toMatchObject({ status: 'kept', judgements: [{ number: 1 }], measured: null });
    // Whoever begins again finds nothing left.
    expect(await perform(deleteOperation, { ...context, settings }, request)).toMatchObject({ deleted: true });
    // Applied again, its versions get numbers that the ledger does not know yet.
    expect(await applied('doomed')).toMatchObject({ version: 2, created: true });
    expect(await fitted('doomed', [hashOf('anew')], 2)).toMatchObject({ version: doomed.version + 1 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
