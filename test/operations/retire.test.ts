import { expect, test } from 'vitest';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { requestsAbout } from '../../ledger/requests.ts';
import { retirementOf, storeRetirement } from '../../ledger/retirements.ts';
import { osUser } from '../../schemas/actor.ts';
import { runCommand } from '../cli/runCommand.ts';
import { apply, identity, model, reign } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';

const why = ['--reason', 'replaced by arrivals'];

test('a retired model starts no cycle, keeps its champion and its history, and comes back with a new version', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await recordOutcome(db, identity({ week: 1 }).id, { status: 'promoted' });
  // Nothing runs or is scheduled: Temporal is not asked.
  const ask = (...args: string[]) => runCommand(args, { env: { REIGN_LEDGER_URL: ledger.url } });
  const refused = async (...args: string[]) => {
    const { code, json } = await ask(...args, '--json');
    expect([args[0], code, json()]).toMatchObject([
      ...[args[0], 2],
      { error: { code: 'ModelRetired', message: expect.stringMatching(/was retired by .+: replaced by arrivals$/) } },
    ]);
  };
  expect((await ask('retire', model)).code).toBe(2);

  const { code, stdout } = await ask('retire', model, ...why);
  expect([code, stdout]).toEqual([
    0,
    'flight-delay is retired: no cycle starts any more. Its champion and its history stay.\n',
  ]);
  expect((await ask('retire', model, '--reason', 'again')).stdout).toMatch(
    /already retired by .*: replaced by arrivals/,
  );
  expect(await requestsAbout(db, { kind: 'model', id: model })).toMatchObject([
    { operation: 'retire', reason: 'replaced by arrivals' },
  ]);
  await refused('retrain', model, '--as-of', '2001-06-04');
  await refused('schedule', model, 'run-now', '--reason', 'now');
  await refused('schedule', model, 'pause', '--reason', 'holidays');

  expect((await ask('models')).stdout).toMatch(/flight-delay .*v1, asOf .*: replaced by arrivals$/m);
  expect((await ask('models', '--json')).json()).toMatchObject({
    models: [{ champion: { version: 1 }, next: null, retirement: { reason: 'replaced by arrivals' } }],
  });
  expect((await ask('inventory')).stdout).toMatch(/ retired\b/);
  expect((await ask('inventory', '--json')).json()).toMatchObject({
    models: [{ retirement: { by: expect.any(String) } }],
  });
  expect((await ask('schedule', model)).stdout).toMatch(/has no schedule\.\nretired since .*: replaced by arrivals$/m);
  expect((await ask('history', model)).stdout).toContain('v1');

  expect(await apply(db)).toMatchObject({ version: 2, created: true });
  expect(await retirementOf(db, model, 1)).toBeDefined();
  expect(await retirementOf(db, model, 2)).toBeUndefined();
  expect((await ask('models', '--json')).json()).toMatchObject({ models: [{ retirement: null }] });
});

test('what is retired is the newest version, once, and the row stays', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await apply(db, 'second');
  const asked = { model, reason: 'old', actor: osUser('ada') };
  await expect(storeRetirement(db, { ...asked, definitionVersion: 1 })).rejects.toMatchObject({
    code: 'LedgerConflict',
  });
  const both = [1, 2].map(() => storeRetirement(db, { ...asked, definitionVersion: 2 }));
  expect((await Promise.all(both)).toSorted()).toEqual([false, true]);
  await expect(owner.deleteFrom('retirements').execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
});
