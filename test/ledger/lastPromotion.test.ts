import { expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { lastPromotion } from '../../ledger/lastPromotion.ts';
import { apply, hashOf, identity, model, primary, reign, rollBack, windows } from './scene.ts';
import { withLedger } from './withLedger.ts';

test('the promotion that began the reign, whom it beat and what it promised', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  expect(await lastPromotion(db, model, 'live')).toBeUndefined();
  await reign({ db, week: 1 });
  expect(await lastPromotion(db, model, 'live')).toMatchObject({ epoch: 1, version: 1, beaten: null });
  const first = await currentChampion(db, model, 'live');
  await reign({ db, week: 3, primary: { ...primary, difference: 0.02, low: 0.01, high: null } });
  expect(await lastPromotion(db, model, 'live')).toEqual({
    epoch: 2,
    cycle: identity({ week: 3 }).id,
    number: 1,
    version: 3,
    evidence: hashOf('evidence 3 1'),
    beaten: first,
    metric: 'roc_auc',
    promised: { estimate: 0.02, low: 0.01, high: null },
    holdout: windows(3).holdout,
    definitionVersion: 1,
  });
});

test('none after a rollback, and none where nothing was promised', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await reign({ db, week: 2, primary: null });
  expect(await lastPromotion(db, model, 'live')).toBeUndefined();
  await reign({ db, week: 3 });
  expect(await lastPromotion(db, model, 'live')).toMatchObject({ epoch: 3 });
  await rollBack(db, { epoch: 4, to: 1 });
  expect(await lastPromotion(db, model, 'live')).toBeUndefined();
});
