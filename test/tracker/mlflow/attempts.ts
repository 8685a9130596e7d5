import { describe, expect, test } from 'vitest';
import { openRun } from '../../../activities/tracking/openRun.ts';
import { registerVersion } from '../../../activities/tracking/registerVersion.ts';
import { recordOutcome } from '../../../ledger/recordOutcome.ts';
import { nameFit, versionOf } from '../../../ledger/versions.ts';
import { sweepStrays } from '../../../projection/sweepStrays.ts';
import { tagOutcome } from '../../../projection/tagOutcome.ts';
import { ensureExperiment } from '../../../tracker/experiments.ts';
import { createLoggedModel, getLoggedModel } from '../../../tracker/loggedModels.ts';
import { createVersion, ensureRegisteredModel, getVersion } from '../../../tracker/registry.ts';
import { createRun, deleteRun, getRun } from '../../../tracker/runs.ts';
import { attemptTag, cycleTag } from '../../../tracker/tags.ts';
import { fitResult, judge, model, snapshot } from '../../ledger/scene.ts';

import { actor, claimed, failure, ledger, made, other, refused, registered } from './cycles.ts';
import { tracker } from './server.ts';

describe('one run, one logged model, one version', () => {
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
});
