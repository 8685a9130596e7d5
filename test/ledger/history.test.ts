import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { championAt } from '../../ledger/champions.ts';
import { history } from '../../ledger/history.ts';
import { apply, identity, model, primary, reign } from './scene.ts';
import { withLedger } from './withLedger.ts';

test('who was champion from when to when, what it beat and why', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2, 4]) {
    await reign({ db, week });
    await sleep(5);
  }
  const reigns = await history(db, model, 'live');
  expect(reigns.map(({ epoch, version, beat, cycle, reason }) => ({ epoch, version, beat, cycle, reason }))).toEqual(
    [1, 2, 4].map((week, at) => ({
      epoch: at + 1,
      version: week,
      beat: [null, 1, 2][at],
      cycle: identity({ week }).id,
      reason: `week ${week} is better`,
    })),
  );
  const [first, second, third] = reigns;
  expect([first?.to, second?.to, third?.to]).toEqual([second?.from, third?.from, null]);
  expect(second).toMatchObject({ kind: 'promotion', by: 'gate', primary, asOf: identity({ week: 2 }).asOf });

  expect(await championAt(db, model, 'live', '2001-03-03T00:00:00Z')).toBeUndefined();
  const during = new Date(Date.parse(third?.from ?? '') - 1).toISOString();
  expect((await championAt(db, model, 'live', during))?.version).toBe(2);
  expect((await championAt(db, model, 'live', new Date(Date.now() + 1000).toISOString()))?.version).toBe(4);
});
