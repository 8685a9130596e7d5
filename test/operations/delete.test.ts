import { expect, test } from 'vitest';
import { ledgerWithCycles, ledgerWithModel } from '../cli/filledLedger.ts';
import { runCommand } from '../cli/runCommand.ts';
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
      { error: { message: expect.stringMatching(/has had a champion \(1 in its history\).* add --force/) } },
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
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('nothing was deleted: "no" is not')]);
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
