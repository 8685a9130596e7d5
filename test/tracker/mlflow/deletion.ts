import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openRun } from '../../../activities/tracking/openRun.ts';
import { registerVersion } from '../../../activities/tracking/registerVersion.ts';
import { claimCycle } from '../../../ledger/claimCycle.ts';
import { storeDefinition } from '../../../ledger/definitions.ts';
import { storeJudgement } from '../../../ledger/judgements.ts';
import { nameSnapshots } from '../../../ledger/nameSnapshots.ts';
import { recordOutcome } from '../../../ledger/recordOutcome.ts';
import { nameFit } from '../../../ledger/versions.ts';
import { deleteOperation } from '../../../operations/delete.ts';
import { perform } from '../../../operations/operation.ts';
import { showOperation } from '../../../operations/show.ts';
import { osUser } from '../../../schemas/actor.ts';
import { cycleId } from '../../../schemas/cycle.ts';
import { Definition, Gate } from '../../../schemas/definition.ts';
import { knownSettings } from '../../../settings/settings.ts';
import { openObjects } from '../../../store/openObjects.ts';
import { openStore } from '../../../store/openStore.ts';
import { getLoggedModel } from '../../../tracker/loggedModels.ts';
import { getVersion } from '../../../tracker/registry.ts';
import { getRun } from '../../../tracker/runs.ts';
import { validDefinition } from '../../definition/valid.ts';
import { fitResult, hashOf, primary, snapshot, windows } from '../../ledger/scene.ts';
import { withLedger } from '../../ledger/withLedger.ts';
import { storePlace } from '../../storePlace.ts';

import { tracker } from './server.ts';

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
