import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { models } from '../../ledger/definitions.ts';
import { deleteObject } from '../../operations/delete/modelObjects.ts';
import { deleteOperation } from '../../operations/delete.ts';
import { perform } from '../../operations/operation.ts';
import { storeApplied } from '../../operations/storeApplied.ts';
import { osUser } from '../../schemas/actor.ts';
import { knownSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/openStore.ts';
import { packCode } from '../../store/packCode.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { ledgerWithCycles, ledgerWithModel } from '../cli/filledLedger.ts';
import { runCommand } from '../cli/runCommand.ts';
import { definition, model } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { withDatabase } from '../postgres.ts';

test('what cannot be deleted, and why', async () => {
  await using database = await withDatabase();
  const ledger = await ledgerWithCycles(database.url);
  const reign = (...args: string[]) => runCommand([...args, '--json'], { env: { REIGN_LEDGER_URL: database.url } });
  try {
    const unsaid = await reign('delete', 'flight-delay');
    expect([unsaid.code, unsaid.json()]).toMatchObject([2, { error: { code: 'UsageInvalid' } }]);
    const promoted = await reign('delete', 'flight-delay', '--reason', 'old');
    expect([promoted.code, promoted.json()]).toMatchObject([
      2,
      { error: { message: expect.stringMatching(/has had a champion \(promotions: 1\)\. Add --force/) } },
    ]);
    const unknown = await reign('delete', 'flight', '--reason', 'old');
    expect([unknown.code, unknown.json()]).toMatchObject([2, { error: { code: 'ModelUnknown' } }]);
    const alone = await reign('delete', 'flight-delay', '--reason', 'old', '--force');
    expect([alone.code, alone.json()]).toMatchObject([3, { error: { code: 'SettingMissing' } }]);
    expect((await reign('models')).json()).toMatchObject({ models: [{ model: 'flight-delay' }] });
  } finally {
    await ledger.close();
  }
});

test('a terminal asks first; a deleted model is listed only where it is asked for, and retrains no more', async () => {
  await using database = await withDatabase();
  const ledger = await ledgerWithModel(database.url);
  // A model without a version has nothing in MLflow: no server is asked.
  const env = { REIGN_LEDGER_URL: database.url, MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' };
  const reign = (args: string[], answer?: string) =>
    runCommand(args, { env, ...(answer === undefined ? {} : { ask: () => Promise.resolve(answer) }) });
  try {
    const deleting = ['delete', 'flight-delay', '--reason', 'not used any more'];
    const planned = await reign([...deleting, '--dry-run']);
    expect(planned.stdout).toBe(
      'Would delete flight-delay (0 cycles): 0 versions with their runs in MLflow and 1 object in the store.\n',
    );
    const unsure = await reign(deleting, 'no');
    expect(unsure.stderr).toContain('This cannot be undone.');
    expect([unsure.code, unsure.stderr]).toEqual([
      2,
      expect.stringContaining('nothing was deleted: found "no"; expected'),
    ]);
    expect((await reign(['models'])).stdout).toContain('flight-delay');
    expect(await reign(deleting, 'flight-delay')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Deleted flight-delay/),
    });
    expect((await reign(['models'])).stdout).not.toContain('flight-delay');
    expect((await reign(['models', '--deleted'])).stdout).toMatch(/flight-delay .*: not used any more$/m);
    const retrained = await reign(['retrain', 'flight-delay', '--as-of', '2001-03-05', '--json']);
    expect([retrained.code, retrained.json()]).toMatchObject([
      2,
      { error: { code: 'ModelUnknown', message: expect.stringMatching(/was deleted by .*: not used any more$/) } },
    ]);
    // Again: what may be left goes, and nothing new is recorded.
    expect((await reign([...deleting, '--yes'], 'not asked')).code).toBe(0);
  } finally {
    await ledger.close();
  }
});

test('the code of a model that is applied while it is deleted stays in the store', async () => {
  await using ledger = await withLedger();
  const folder = mkdtempSync(join(tmpdir(), 'reign-delete-'));
  const store = openStore(folder);
  const pack = packCode({ texts: { 'pipeline.py': 'def build(): ...' }, binaries: {} }, 'pipeline.py:build', '');
  const apply = () =>
    storeApplied(opened, store, { definition: definition(), pack }, { columns: [], appliedBy: osUser('ada') });
  const opened = { db: ledger.db, close: () => Promise.resolve() };
  let applied: ReturnType<typeof apply> | undefined;
  const context = {
    ...{ ledger: opened, store, actor: osUser('ada'), settings: knownSettings({ REIGN_HOME: folder }) },
    // A model without a cycle has nothing in MLflow: no server is asked.
    tracker: openTracker('http://127.0.0.1:1', {}),
    temporal: () => Promise.reject(new Error('none')),
    onEvent: ({ kind, step }: { kind: string; step?: string }) => {
      if (kind === 'step' && step === 'deleting in the store') applied = apply();
    },
  };
  try {
    expect(await apply()).toMatchObject({ version: 1 });
    const deleted = await perform(deleteOperation, context, { model, reason: 'not used any more' });
    expect(deleted).toMatchObject({ deleted: true, objects: 1 });
    expect(await applied).toMatchObject({ version: 2, created: true });
    expect(await store.hasDocument('code', pack.hash)).toBe(true);
    expect(await models(ledger.db)).toMatchObject([{ model, definitionVersion: 2 }]);
    // A deletion that comes to the code only now leaves it alone too.
    await deleteObject(opened, store, { form: 'document', kind: 'code', hash: pack.hash });
    expect(await store.hasDocument('code', pack.hash)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
