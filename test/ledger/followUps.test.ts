import { expect, test } from 'vitest';
import { followUpsOf, storeFollowUp } from '../../ledger/followUps.ts';
import { history } from '../../ledger/history.ts';
import type { FollowUp } from '../../schemas/evidence.ts';
import { apply, claim, identity, model, prepare, reign, windows } from './scene.ts';
import { withLedger } from './withLedger.ts';

const found = {
  estimate: 0.004,
  standardError: 0.002,
  low: 0,
  high: 0.008,
  level: 0.95,
  decidingLow: 0,
  decidingHigh: 0.008,
  alpha: 0.025,
  detectable: 0.006,
  degreesOfFreedom: 13,
  clusters: 14,
  method: 'influence',
} as const;

const followUp = (changes: Partial<FollowUp> = {}): FollowUp => ({
  cycle: identity({ week: 1 }).id,
  epoch: 1,
  window: windows(3).holdout,
  rows: 700,
  complete: false,
  promised: { estimate: 0.02, low: 0.01, high: 0.03 },
  found,
  unmeasured: null,
  ...changes,
});
const attempt = (week: number, number = 1) => ({ id: identity({ week }).id, attempt: number });

test('the newest that saw all of the period is told, for each promotion', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await reign({ db, week: 2 });
  for (const week of [3, 4, 5, 6]) await prepare({ db, week });
  const newest = async () => (await followUpsOf(db, model, 'live')).map(({ foundBy, epoch }) => [epoch, foundBy]);
  const by = (week: number) => identity({ week }).id;
  expect(await newest()).toEqual([]);
  await storeFollowUp(db, attempt(4), followUp());
  await storeFollowUp(db, attempt(3), followUp());
  expect(await newest()).toEqual([[1, by(4)]]);
  await storeFollowUp(db, attempt(3), followUp({ complete: true }));
  expect(await newest()).toEqual([[1, by(4)]]);
  await storeFollowUp(db, attempt(5), followUp({ complete: true, rows: 1000 }));
  await storeFollowUp(db, attempt(6), followUp());
  await storeFollowUp(db, attempt(6), followUp({ epoch: 2, found: null, unmeasured: 'no rows' }));
  expect(await newest()).toEqual([
    [1, by(5)],
    [2, by(6)],
  ]);
  const { cycle: _, ...told } = followUp({ complete: true, rows: 1000 });
  expect(await followUpsOf(db, model, 'live')).toMatchObject([told, { found: null, unmeasured: 'no rows' }]);
  expect(await followUpsOf(db, model, 'backfill')).toEqual([]);
  // Where nobody saw all of it, the one that saw the most counts, not the newest.
  await storeFollowUp(db, attempt(5), followUp({ epoch: 2, rows: 900 }));
  expect((await newest())[1]).toEqual([2, by(5)]);
});

test('history shows it beside what was promised', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await reign({ db, week: 3 });
  await prepare({ db, week: 5 });
  await storeFollowUp(db, attempt(5), followUp({ complete: true }));
  const reigns = await history(db, model, 'live');
  expect(reigns.map(({ followUp: told }) => told)).toEqual([
    { promised: followUp().promised, found, complete: true },
    null,
  ]);
});

test('it is about a promotion that there is, written by an attempt that goes on, and stays', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await prepare({ db, week: 3 });
  const refused = { code: 'LedgerConflict' };
  await expect(storeFollowUp(db, attempt(3), followUp({ epoch: 2 }))).rejects.toMatchObject(refused);
  await claim({ db, week: 3 }, 'again');
  await expect(storeFollowUp(db, attempt(3), followUp())).rejects.toMatchObject(refused);
  await storeFollowUp(db, attempt(3, 2), followUp());
  await expect(owner.updateTable('follow_ups').set({ complete: true }).execute()).rejects.toMatchObject(refused);
  await expect(owner.deleteFrom('follow_ups').execute()).rejects.toMatchObject(refused);
});
