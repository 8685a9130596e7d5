import { expect, test } from 'vitest';
import { cycleById } from '../../ledger/cycles.ts';
import { filesDigest } from '../../ledger/filesDigest.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameFit, nameRun, nameVersion, versionOf } from '../../ledger/versions.ts';
import {
  apply,
  claim,
  crown,
  filesOf,
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

const first = (id: string) => ({ id, attempt: 1 });
const refused = { code: 'LedgerConflict' };
const failure = { code: 'FitFailed', message: 'it raised', advice: 'mend it', step: 'fit', traceback: null };

test('of ten that name a run at once one wins, and all are told which', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const { id } = identity({ week: 1 });
  const named = await Promise.all(Array.from({ length: 10 }, (_, at) => nameRun(db, first(id), trackedRun(`${at}`))));
  expect(new Set(named.map(({ runId }) => runId)).size).toBe(1);
  expect((await versionOf(db, { cycle: id }))?.run).toEqual(named[0]);
});

test('of ten that name a version at once one wins, and all are told which', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const { id } = identity({ week: 1 });
  await expect(nameFit(db, first(id), fitResult(id))).rejects.toMatchObject(refused);
  await nameSnapshots(db, first(id), [snapshot({ db, week: 1 }, 'train')]);
  await nameRun(db, first(id), trackedRun(id));
  await nameFit(db, first(id), fitResult(id));
  const named = await Promise.all(Array.from({ length: 10 }, (_, at) => nameVersion(db, first(id), at + 5)));
  expect(new Set(named).size).toBe(1);
  const version = named[0] ?? 0;
  expect(await versionOf(db, { model, version })).toEqual({
    id,
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
    files: filesOf(id),
    digest: fitResult(id).digest,
  });
});

test("the model's files are named with the fit and stay; a version of an earlier release has none", async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const id = await prepare(actor);
  const others = { ...filesOf(id), 'model.pkl': hashOf('somebody else') };
  const altered = nameFit(db, first(id), { ...fitResult(id), files: others, digest: filesDigest(others) });
  await expect(altered).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('already has other files'),
  });
  await expect(nameFit(db, first(id), { ...fitResult(id), files: others })).rejects.toMatchObject(refused);
  const set = (files: Record<string, string> | null) =>
    db
      .updateTable('versions')
      .set({ files: files && JSON.stringify(files), digest: files && filesDigest(files) })
      .where('cycle', '=', id)
      .execute();
  await expect(set(others)).rejects.toMatchObject(refused);
  await expect(set(null)).rejects.toMatchObject(refused);
  const { files: _, digest: __, ...earlier } = fitResult(identity({ week: 2 }).id);
  await claim({ db, week: 2 });
  const second = { id: identity({ week: 2 }).id, attempt: 1 };
  await nameSnapshots(db, second, [snapshot({ db, week: 2 }, 'train')]);
  await nameRun(db, second, trackedRun(second.id));
  expect(await nameFit(db, second, earlier)).toMatchObject({ files: null, digest: null });
});

test('the digest is sha256 over canonical JSON, as Python writes it', () => {
  // json.dumps({"10": "b", "9": "a", "ü": "c"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
  expect(filesDigest({ ü: 'c', 9: 'a', 10: 'b' })).toBe(hashOf('{"10":"b","9":"a","ü":"c"}'));
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

test('a number that MLflow gave to another cycle before is one clear error', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await prepare({ db, week: 1 });
  await expect(prepare({ db, week: 2, version: 1 })).rejects.toMatchObject({
    code: 'LedgerConflict',
    message: expect.stringMatching(
      /^MLflow gave the new version of flight-delay the number 1, .* belongs to the cycle .* registry was reset/,
    ),
  });
});

test('a new attempt begins its version anew; a late activity of the one before does not touch it', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const id = await prepare(actor);
  expect((await nameFit(db, first(id), { ...fitResult(id), rows: 1 })).trainRows).toBe(990);
  await recordOutcome(db, id, { status: 'failed', failure, attempt: 1 });
  await claim(actor, 'again');
  expect((await cycleById(db, id))?.challenger).toBeNull();
  const second = { id, attempt: 2 };
  await nameSnapshots(db, second, [snapshot(actor, 'train', 'new')]);
  // Not the old model with the new rows.
  await expect(nameFit(db, second, fitResult(id))).rejects.toMatchObject(refused);
  const runs = await Promise.all(Array.from({ length: 5 }, (_, at) => nameRun(db, second, trackedRun(`new ${at}`))));
  expect(new Set(runs.map(({ modelId }) => modelId)).size).toBe(1);
  const begun = { attempt: 2, run: runs[0], version: null, modelUri: null, trainSnapshot: null, trainRows: null };
  expect(await versionOf(db, { cycle: id })).toMatchObject(begun);
  for (const late of [
    () => nameRun(db, first(id), trackedRun('late')),
    () => nameSnapshots(db, first(id), [snapshot(actor, 'holdout')]),
    () => nameFit(db, first(id), fitResult(id)),
    () => nameVersion(db, first(id), 1),
    () => recordOutcome(db, id, { status: 'failed', failure, attempt: 1 }),
  ]) {
    await expect(late()).rejects.toMatchObject(refused);
  }
  expect(await versionOf(db, { cycle: id })).toMatchObject(begun);
  await expect(nameFit(db, second, fitResult(id))).rejects.toMatchObject(refused);
  const modelUri = `models:/${runs[0]?.modelId}`;
  const row = await nameFit(db, second, { ...fitResult(id), modelUri, rows: 991 });
  expect(row).toMatchObject({ attempt: 2, trainRows: 991, version: null });
  expect(row.trainSnapshot).toBe(snapshot(actor, 'train', 'new').contentHash);
  expect(await nameVersion(db, second, 2)).toBe(2);
  expect((await cycleById(db, id))?.challenger).toBe(2);
});

test('what was judged stays: another attempt may use it for the same rows and environment, and for no others', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const id = await prepare(actor);
  await judge(actor, 'keep');
  await recordOutcome(db, id, { status: 'failed', failure });
  for (const [at, content] of ['', 'other'].entries()) {
    await claim(actor, `again ${at}`);
    const attempt = { id, attempt: at + 2 };
    await nameSnapshots(db, attempt, [snapshot(actor, 'train', content)]);
    expect(await nameRun(db, attempt, trackedRun('new'))).toEqual(trackedRun(id));
    const fit = nameFit(db, attempt, fitResult(id));
    if (content === '') expect(await fit).toMatchObject({ attempt: 1, version: 1, trainRows: 990 });
    else await expect(fit).rejects.toMatchObject({ ...refused, message: expect.stringContaining('another asOf') });
    if (content !== '') continue;
    const elsewhere = { ...fitResult(id), environmentHash: hashOf('another environment') };
    await expect(nameFit(db, attempt, elsewhere)).rejects.toMatchObject(refused);
    expect(await nameVersion(db, attempt, 9)).toBe(1);
    expect((await cycleById(db, id))?.challenger).toBe(1);
  }
  const update = db.updateTable('versions').set({ run_id: 'r', model_id: 'm', version: null, model_uri: null });
  await expect(update.where('cycle', '=', id).execute()).rejects.toMatchObject(refused);
});

test('a run that is gone is replaced once, however many find it gone', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await prepare({ db, week: 1 });
  const gone = trackedRun(id);
  const runs = await Promise.all([1, 2, 3].map((at) => nameRun(db, first(id), trackedRun(`new ${at}`), gone)));
  expect(new Set(runs.map(({ modelId }) => modelId)).size).toBe(1);
  expect(await nameRun(db, first(id), trackedRun('later'), gone)).toEqual(runs[0]);
});

test('a settled cycle’s version does not change', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const id = await prepare(actor);
  await crown(actor, await judge(actor));
  const update = db.updateTable('versions').set({ model_uri: 'models:/other' }).where('cycle', '=', id);
  await expect(update.execute()).rejects.toMatchObject(refused);
  await expect(nameRun(db, first(id), trackedRun('new'), trackedRun(id))).resolves.toEqual(trackedRun(id));
  await expect(owner.deleteFrom('versions').execute()).rejects.toMatchObject(refused);
});
