import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { storeDecision } from '../../ledger/decisions.ts';
import { heldPromotions, resumePromotions } from '../../ledger/heldPromotions.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { requestsAbout } from '../../ledger/requests.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, crown, identity, judge, model, prepare, reign, rollBack } from './scene.ts';
import { withLedger } from './withLedger.ts';

const live = { model, lineage: 'live', definitionVersion: 1 };
const held = { code: 'LedgerConflict', message: expect.stringMatching(/need a person since the rollback of epoch \d/) };

/** Two champions, of which the second was rolled back: the first reigns again, at epoch 3. */
async function rolledBack() {
  const ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2]) await reign({ db, week });
  expect(await heldPromotions(db, live)).toBeUndefined();
  await rollBack(db, { epoch: 3, to: 1 });
  return ledger;
}

test('after a rollback the gate promotes nobody by itself; what a person approves is promoted, and the next needs one too', async () => {
  await using ledger = await rolledBack();
  const { db } = ledger;
  expect(await heldPromotions(db, live)).toMatchObject({ epoch: 3, by: 'ada', reason: 'worse' });
  const cycle = await prepare({ db, week: 3 });
  const { evidence, epoch } = await judge({ db, week: 3 });
  await expect(promote(db, { ...signed(3), epoch })).rejects.toMatchObject(held);
  await recordOutcome(db, cycle, { status: 'waiting', waitsFor: 'person' });
  const asked = { actor: osUser('bob') };
  const { id } = await storeDecision(db, {
    ...{ kind: 'approve', cycle, judgementNumber: 1, evidence, epoch, reason: 'I looked at it', asked },
  });
  expect(await promote(db, { ...signed(3), epoch, decision: id })).toEqual({ outcome: 'promoted', epoch: 4 });
  await recordOutcome(db, cycle, { status: 'promoted' });
  await expect(reign({ db, week: 4 })).rejects.toMatchObject(held);
});

const signed = (week: number) => ({
  ...{ cycle: identity({ week }).id, judgementNumber: 1, version: week, reason: 'better' },
});

test('a person lets the gate promote again, once for all rollbacks so far, and it is on record', async () => {
  await using ledger = await rolledBack();
  const { db } = ledger;
  const resumed = { model, lineage: 'live', epoch: 3, reason: 'the feed is repaired', actor: osUser('bob') };
  await resumePromotions(db, resumed);
  await resumePromotions(db, resumed);
  expect(await heldPromotions(db, live)).toBeUndefined();
  expect(await reign({ db, week: 3 })).toMatchObject({ outcome: 'promoted' });
  expect(await requestsAbout(db, { kind: 'lineage', id: `${model}.live` })).toMatchObject([
    { operation: 'resume-promotions', actor: 'person:bob@os-user', reason: 'the feed is repaired' },
    {},
  ]);
  await rollBack(db, { epoch: 5, to: 3, reason: 'again' });
  expect(await heldPromotions(db, live)).toMatchObject({ epoch: 5, reason: 'again' });
  await expect(reign({ db, week: 4 })).rejects.toMatchObject(held);
  for (const wrong of [
    { ...resumed, epoch: 4 },
    { ...resumed, epoch: 9 },
    { ...resumed, epoch: 5, reason: ' ' },
    { ...resumed, epoch: 5, actor: { kind: 'program', name: 'ci', authentication: 'token' } as const },
  ])
    await expect(resumePromotions(db, wrong), JSON.stringify(wrong)).rejects.toMatchObject({ code: 'LedgerConflict' });
  for (const statement of ["update reign.resumptions set reason = 'x'", 'delete from reign.resumptions'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('a new definition version is not held, one from before the rollback is; other lineages neither', async () => {
  await using ledger = await rolledBack();
  const { db } = ledger;
  await apply(db, 'second');
  expect(await heldPromotions(db, live)).toMatchObject({ epoch: 3 });
  expect(await heldPromotions(db, { ...live, definitionVersion: 2 })).toBeUndefined();
  await expect(reign({ db, week: 3 })).rejects.toMatchObject(held);
  expect(await reign({ db, week: 4, definitionVersion: 2 })).toMatchObject({ outcome: 'promoted', epoch: 4 });
  await rollBack(db, { epoch: 5, to: 3 });
  expect(await heldPromotions(db, { ...live, definitionVersion: 2 })).toMatchObject({ epoch: 5 });
  expect(await heldPromotions(db, { ...live, lineage: 'backfill' })).toBeUndefined();
  expect(await reign({ db, week: 1, lineage: 'backfill', version: 9 })).toMatchObject({ outcome: 'promoted' });
});

test('a cycle that was judged before the rollback meets a conflict, not the hold: it judges again', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2]) await reign({ db, week });
  await prepare({ db, week: 3 });
  const judged = await judge({ db, week: 3 });
  await rollBack(db, { epoch: 3, to: 1 });
  expect(await crown({ db, week: 3 }, judged)).toMatchObject({
    outcome: 'conflict',
    champion: { version: 1, epoch: 3 },
  });
  await expect(crown({ db, week: 3 }, await judge({ db, week: 3 }, 'promote', 2))).rejects.toMatchObject(held);
});

test('a rollback keeps the definition version of its time, whatever its row says', async () => {
  await using ledger = await rolledBack();
  const { rows } = await sql`select epoch, held_definition_version from reign.promotions order by epoch`.execute(
    ledger.db,
  );
  expect(rows).toEqual([
    { epoch: 1, held_definition_version: null },
    { epoch: 2, held_definition_version: null },
    { epoch: 3, held_definition_version: 1 },
  ]);
});
