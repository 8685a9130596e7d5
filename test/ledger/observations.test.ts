import { expect, test } from 'vitest';
import { nameObservations, pastObservations } from '../../ledger/observations.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { apply, claim, hashOf, identity, model, prepare } from './scene.ts';
import { withLedger } from './withLedger.ts';

test('an attempt keeps what it named first; an attempt that was replaced names nothing', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const { id } = identity({ week: 1 });
  expect(await nameObservations(db, { id, attempt: 1 }, hashOf('a'))).toBe(hashOf('a'));
  expect(await nameObservations(db, { id, attempt: 1 }, hashOf('b'))).toBe(hashOf('a'));
  await claim({ db, week: 1 }, 'again');
  const refused = { code: 'LedgerConflict' };
  await expect(nameObservations(db, { id, attempt: 1 }, hashOf('c'))).rejects.toMatchObject(refused);
  expect(await nameObservations(db, { id, attempt: 2 }, hashOf('c'))).toBe(hashOf('c'));
  await expect(owner.deleteFrom('cycle_observations').execute()).rejects.toMatchObject(refused);
});

test('those of settled cycles before an asOf, newest first, each by its last attempt', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const name = async (week: number, lineage = 'live') => {
    const id = await prepare({ db, week, lineage, version: lineage === 'live' ? week : 100 });
    await nameObservations(db, { id, attempt: 1 }, hashOf(`${lineage} ${week}`));
    if (week === 3) {
      await claim({ db, week }, 'again');
      await nameObservations(db, { id, attempt: 2 }, hashOf('again'));
    }
    if (week !== 5) await recordOutcome(db, id, { status: week === 2 ? 'skipped' : 'kept' });
  };
  for (const week of [2, 1, 3, 4, 5, 6]) await name(week);
  await name(1, 'backfill');
  const before = (week: number, limit?: number) => pastObservations(db, model, 'live', identity({ week }).asOf, limit);
  expect(await before(7)).toEqual([
    hashOf('live 6'),
    hashOf('live 4'),
    hashOf('again'),
    hashOf('live 2'),
    hashOf('live 1'),
  ]);
  expect(await before(4)).toEqual([hashOf('again'), hashOf('live 2'), hashOf('live 1')]);
  expect(await before(7, 2)).toEqual([hashOf('live 6'), hashOf('live 4')]);
  expect(await before(1)).toEqual([]);
});
