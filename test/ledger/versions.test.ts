import { expect, test } from 'vitest';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameFit, nameRun, nameVersion, versionOf } from '../../ledger/versions.ts';
import {
  apply,
  claim,
  crown,
  fitResult,
  hashOf,
  identity,
  judge,
  model,
  prepare,
  snapshot,
  trackedRun,
} from './scene.ts';
import { withLedger } from './withLedger.ts';

const failure = { code: 'FitFailed', message: 'it raised', advice: 'mend it', step: 'fit', traceback: null };

test('of ten that name a run at once one wins, and all are told which', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const { id } = identity({ week: 1 });
  const named = await Promise.all(Array.from({ length: 10 }, (_, at) => nameRun(db, id, trackedRun(`${at}`))));
  expect(new Set(named.map(({ runId }) => runId)).size).toBe(1);
  expect((await versionOf(db, { cycle: id }))?.run).toEqual(named[0]);
});

test('of ten that name a version at once one wins, and all are told which', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const { id } = identity({ week: 1 });
  await expect(nameFit(db, id, fitResult(id))).rejects.toMatchObject({ code: 'LedgerConflict' });
  await nameSnapshots(db, id, [snapshot({ db, week: 1 }, 'train')]);
  await nameRun(db, id, trackedRun(id));
  await nameFit(db, id, fitResult(id));
  const named = await Promise.all(Array.from({ length: 10 }, (_, at) => nameVersion(db, id, at + 5)));
  expect(new Set(named).size).toBe(1);
  const version = named[0] ?? 0;
  expect(await versionOf(db, { model, version })).toEqual({
    cycle: id,
    model,
    lineage: 'live',
    asOf: identity({ week: 1 }).asOf,
    version,
    run: trackedRun(id),
    definitionVersion: 1,
    codeHash: hashOf('code'),
    attempt: 1,
    modelUri: `models:/m-${id}`,
    trainSnapshot: snapshot({ db, week: 1 }, 'train').contentHash,
    trainRows: 990,
    trivial: [0.8, 0.2],
    trainingMetrics: { training_log_loss: 0.4 },
    environmentHash: hashOf('environment'),
    python: '3.11.2',
  });
});

test('a number belongs to one cycle', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await prepare({ db, week: 1 });
  const id = await prepare({ db, week: 2 });
  await expect(db.updateTable('versions').set({ version: 1 }).where('cycle', '=', id).execute()).rejects.toMatchObject({
    code: 'LedgerConflict',
  });
});

test('a later attempt fits into the same run and version; a settled cycle’s version does not change', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const id = await prepare(actor);
  expect((await nameFit(db, id, { ...fitResult(id), rows: 1 })).trainRows).toBe(990);
  await recordOutcome(db, id, { status: 'failed', failure });
  await claim(actor, 'again');
  await nameSnapshots(db, id, [snapshot(actor, 'train', 'new')]);
  const row = await nameFit(db, id, { ...fitResult(id), rows: 991 });
  expect(row).toMatchObject({ attempt: 2, trainRows: 991, version: 1, run: trackedRun(id) });
  expect(row.trainSnapshot).toBe(snapshot(actor, 'train', 'new').contentHash);
  await crown(actor, await judge(actor));
  const update = db.updateTable('versions').set({ model_uri: 'models:/other' }).where('cycle', '=', id);
  await expect(update.execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
  await expect(db.deleteFrom('versions').execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
});
