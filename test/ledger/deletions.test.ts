import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { everyModel, models } from '../../ledger/definitions.ts';
import { deletionOf, storeDeletion } from '../../ledger/deletions.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { requestsAbout } from '../../ledger/requests.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, claim, identity, judge, model, prepare, reign } from './scene.ts';
import { withLedger } from './withLedger.ts';

const asked = { model, definitionVersion: 1, forced: false, reason: 'not used any more', actor: osUser('ada') };
const failure = { code: 'Internal', message: 'it broke', advice: 'Retrain.', step: 'fit', traceback: null };
const failed = { status: 'failed', summary: 'It broke.', failure } as const;
const refused = { code: 'LedgerConflict' };

test('a deletion is recorded once, with who asked and why; lists leave the model out until it is applied again', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await Promise.all([storeDeletion(db, asked), storeDeletion(db, asked)]);
  expect(await requestsAbout(db, { kind: 'model', id: model })).toMatchObject([
    { operation: 'delete', actor: 'person:ada@os-user', reason: 'not used any more' },
  ]);
  expect(await models(db)).toEqual([]);
  expect(await everyModel(db)).toMatchObject([{ model, deletion: { by: 'ada', reason: 'not used any more' } }]);
  // The same definition again is a new version: the model begins anew.
  expect(await apply(db)).toMatchObject({ version: 2, created: true });
  expect(await models(db)).toMatchObject([{ model, definitionVersion: 2 }]);
  expect(await deletionOf(db, model, 1)).toMatchObject({ by: 'ada' });
  expect(await deletionOf(db, model, 2)).toBeUndefined();
});

test('what was promoted is deleted only by force, and nothing of what was judged goes', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await recordOutcome(db, identity({ week: 1 }).id, { status: 'promoted' });
  await expect(storeDeletion(db, asked)).rejects.toMatchObject(refused);
  await storeDeletion(db, { ...asked, forced: true });
  const { rows } = await sql`select from reign.promotions`.execute(db);
  expect(rows).toHaveLength(1);
  for (const statement of ['delete from reign.deletions', "update reign.deletions set reason = 'other'"])
    await expect(sql.raw(statement).execute(owner)).rejects.toMatchObject(refused);
});

test('while a cycle has not ended nothing is deleted, and of what was deleted no cycle begins or begins again', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const first = await prepare({ db, week: 1 });
  await expect(storeDeletion(db, asked)).rejects.toMatchObject(refused);
  await recordOutcome(db, first, failed);
  await prepare({ db, week: 2 });
  await judge({ db, week: 2 }, 'keep');
  await recordOutcome(db, identity({ week: 2 }).id, { status: 'kept' });
  await storeDeletion(db, asked);
  await expect(claim({ db, week: 3 })).rejects.toMatchObject(refused);
  await expect(claim({ db, week: 1 }, 'run-2')).rejects.toMatchObject(refused);
  await apply(db);
  expect(await claim({ db, week: 1, definitionVersion: 2 })).toMatchObject({ outcome: 'claimed' });
});

test('a cycle that begins while its model is deleted: one of the two is refused', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (let week = 1; week <= 8; week++) {
    const both = await Promise.allSettled([
      storeDeletion(db, { ...asked, definitionVersion: week }),
      claim({ db, week, definitionVersion: week }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    if (both[0]?.status === 'rejected') await recordOutcome(db, identity({ week, definitionVersion: week }).id, failed);
    if (both[0]?.status === 'rejected') await apply(db, `week ${week}`);
    else await apply(db);
  }
});
