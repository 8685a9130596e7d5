import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { filesDigest } from '../../../ledger/filesDigest.ts';
import { verifyFiles } from '../../../operations/verify/verifyFiles.ts';
import { ensureExperiment } from '../../../tracker/experiments.ts';
import {
  createLoggedModel,
  deleteLoggedModel,
  getLoggedModel,
  searchLoggedModelsByTag,
} from '../../../tracker/loggedModels.ts';
import { modelFiles } from '../../../tracker/modelFiles.ts';
import { openTracker } from '../../../tracker/openTracker.ts';
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
} from '../../../tracker/registry.ts';
import { nothing, request } from '../../../tracker/request.ts';
import { createRun, deleteRun, endRun, getRun, searchRunsByTag, setRunTags } from '../../../tracker/runs.ts';
import { cycleTag } from '../../../tracker/tags.ts';
import { hashOf } from '../../ledger/scene.ts';

import { tracker } from './server.ts';

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
