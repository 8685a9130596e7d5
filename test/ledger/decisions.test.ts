import { type Insertable, type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { storeActor } from '../../ledger/actors.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById } from '../../ledger/cycles.ts';
import type { Database } from '../../ledger/database.ts';
import { decisionsOf, type NewDecision, storeDecision } from '../../ledger/decisions.ts';
import { gateActor } from '../../ledger/gateActor.ts';
import { history } from '../../ledger/history.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { promotionOf } from '../../ledger/storedJudgements.ts';
import { osUser } from '../../schemas/actor.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';
import { apply, claim, crown, hashOf, identity, judge, model, prepare, reign, rollBack, snapshot } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

const refused = { code: 'LedgerConflict' };

/** A cycle that was judged and waits for a person. */
async function waiting({ db }: TestLedger, week: number, kind: VerdictKind = 'review') {
  const id = await prepare({ db, week });
  const judgement = await judge({ db, week }, kind);
  await recordOutcome(db, id, { status: 'waiting', waitsFor: 'person' });
  return { id, judgement };
}

const about = (
  { id, judgement }: Awaited<ReturnType<typeof waiting>>,
  changes: Partial<NewDecision> = {},
): NewDecision => ({
  kind: 'approve',
  cycle: id,
  judgementNumber: judgement.number,
  evidence: judgement.evidence,
  epoch: judgement.epoch,
  reason: 'sounder than the old one',
  asked: { actor: osUser('ada') },
  ...changes,
});

const signed = (week: number, epoch: number, decision: number) => ({
  cycle: identity({ week }).id,
  judgementNumber: 1,
  ...{ epoch, version: week, decision, reason: 'approved' },
});

test('a person approves what the gate left to them, and the promotion says who', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const cycle = await waiting(ledger, 1);
  await expect(crown({ db, week: 1 }, cycle.judgement)).rejects.toMatchObject(refused);
  const once = { actor: osUser('ada'), repeated: { key: 'k', content: {} } };
  const decision = await storeDecision(db, about(cycle, { asked: once }));
  expect(decision).toMatchObject({ kind: 'approve', actor: 'person:ada@os-user', candidate: cycle.id });
  expect(await storeDecision(db, about(cycle, { asked: once }))).toEqual(decision);
  expect(await promote(db, signed(1, 0, decision.id))).toEqual({ outcome: 'promoted', epoch: 1 });
  expect(await promote(db, signed(1, 0, decision.id))).toEqual({ outcome: 'already', epoch: 1 });
  expect(await recordOutcome(db, cycle.id, { status: 'promoted' })).toMatchObject({ status: 'promoted' });
  expect(await currentChampion(db, model, 'live')).toMatchObject({ epoch: 1, version: 1, promotedBy: 'ada' });
  expect(await promotionOf(db, cycle.id)).toMatchObject({
    promotedBy: 'ada',
    decision: { kind: 'approve', epoch: 0, evidence: cycle.judgement.evidence, decidedBy: 'ada' },
  });
  expect(await decisionsOf(db, cycle.id)).toEqual([decision]);
});

test('a decision is about the last judgement of a cycle that waits, by its evidence, once', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const cycle = await waiting(ledger, 1);
  await storeActor(db, gateActor);
  for (const wrong of [
    { evidence: hashOf('other') },
    { judgementNumber: 1, epoch: 3 },
    { kind: 'override' as const },
    { reason: '' },
    { asked: { actor: gateActor } },
    { asked: { actor: { kind: 'program', name: 'ci', authentication: 'token' } as const } },
  ])
    await expect(storeDecision(db, about(cycle, wrong)), JSON.stringify(wrong)).rejects.toMatchObject(refused);
  expect(await db.selectFrom('requests').select('id').where('operation', '<>', 'apply').execute()).toEqual([]);

  await recordOutcome(db, cycle.id, { status: 'waiting', waitsFor: 'fault' });
  await expect(storeDecision(db, about(cycle))).rejects.toMatchObject({
    message: expect.stringMatching(/does not wait/),
  });
  await recordOutcome(db, cycle.id, { status: 'waiting', waitsFor: 'person' });
  const both = await Promise.allSettled([
    storeDecision(db, about(cycle)),
    storeDecision(db, about(cycle, { kind: 'reject', asked: { actor: osUser('bob') } })),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await expect(storeDecision(db, about(cycle))).rejects.toMatchObject(refused);
  for (const statement of ["update reign.decisions set kind = 'approve'", 'delete from reign.decisions'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject(refused);
});

test('what was rejected, or approved for another champion, promotes nobody', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const rejected = await waiting(ledger, 1);
  const no = await storeDecision(db, about(rejected, { kind: 'reject' }));
  await expect(promote(db, signed(1, 0, no.id))).rejects.toMatchObject(refused);
  await recordOutcome(db, rejected.id, { status: 'kept' });

  const overtaken = await waiting(ledger, 2);
  const early = await storeDecision(db, about(overtaken));
  await reign({ db, week: 3 });
  expect(await promote(db, signed(2, 0, early.id))).toMatchObject({ outcome: 'conflict', champion: { version: 3 } });
  await expect(promote(db, signed(2, 1, early.id))).rejects.toMatchObject(refused);
  // Nor does an approval that comes after the champion has changed.
  const late = await waiting(ledger, 4);
  await reign({ db, week: 5 });
  await expect(storeDecision(db, about(late))).rejects.toMatchObject({
    message: expect.stringMatching(/Epoch 2 reigns by now, not epoch 1/),
  });
  // Nor one of another cycle's, nor the gate in the place of the person.
  const other = await waiting(ledger, 6);
  const yes = await storeDecision(db, about(other));
  const seventh = await waiting(ledger, 7);
  await expect(promote(db, { ...signed(7, 2, yes.id), cycle: seventh.id })).rejects.toMatchObject(refused);
  const row = await promotionBy(db, other.id, 3);
  const gate = await storeActor(db, gateActor);
  await expect(insert(db, { ...row, actor: gate, decision: yes.id })).rejects.toMatchObject(refused);
  await expect(insert(db, { ...row, actor: yes.actor })).rejects.toMatchObject(refused);
  await expect(insert(db, { ...row, actor: yes.actor, request: yes.request })).rejects.toMatchObject(refused);
  await insert(db, { ...row, actor: yes.actor, decision: yes.id });
});

const insert = (db: Kysely<Database>, row: Insertable<Database['promotions']>) =>
  db.insertInto('promotions').values(row).execute();

const promotionBy = async (db: Kysely<Database>, cycle: string, epoch: number) => ({
  ...{ model, lineage: 'live', cycle, judgement_number: 1, champion: cycle, epoch, kind: 'promotion' as const },
  version: (await cycleById(db, cycle))?.challenger ?? null,
  reason: 'by hand',
});

test('against the verdict only by an override, which leaves the cycle as it ended; never where it is invalid', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const kept = await waiting(ledger, 2, 'keep');
  await expect(storeDecision(db, about(kept))).rejects.toMatchObject(refused);
  await recordOutcome(db, kept.id, { status: 'kept' });
  const decision = await storeDecision(db, about(kept, { kind: 'override' }));
  const override = {
    ...{
      model,
      lineage: 'live',
      epoch: 2,
      champion: kept.id,
      version: 2,
      kind: 'override' as const,
      reason: 'we must',
    },
    ...{ actor: decision.actor, decision: decision.id },
  };
  const { decision: _, ...unsigned } = override;
  for (const wrong of [
    unsigned,
    { ...unsigned, request: decision.request },
    { ...override, kind: 'promotion' as const, cycle: kept.id, judgement_number: 1 },
    { ...override, champion: identity({ week: 1 }).id, version: 1 },
    { ...override, epoch: 3 },
    { ...override, actor: await storeActor(db, gateActor) },
  ])
    await expect(insert(db, wrong), JSON.stringify(wrong)).rejects.toMatchObject(refused);
  await insert(db, override);
  expect(await cycleById(db, kept.id)).toMatchObject({ status: 'kept' });
  expect(await currentChampion(db, model, 'live')).toMatchObject({
    ...{ epoch: 2, version: 2, promotedBy: 'ada' },
    choseSnapshots: [snapshot({ week: 2 }, 'holdout').contentHash],
  });
  expect((await history(db, model, 'live')).map(({ kind, by, beat }) => [kind, by, beat])).toEqual([
    ['promotion', 'gate', null],
    ['override', 'ada', 1],
  ]);
  // Only what a cycle came to in the end: not what an attempt said that was given up.
  const given = await waiting(ledger, 4, 'keep');
  await recordOutcome(db, given.id, { status: 'cancelled' });
  await claim({ db, week: 4 }, 'run-2');
  await expect(storeDecision(db, about(given, { kind: 'override' }))).rejects.toMatchObject({
    message: expect.stringMatching(/judgement 1 is not its last/),
  });
  const broken = await waiting(ledger, 3, 'invalid');
  for (const kind of ['approve', 'reject', 'override'] as const)
    await expect(storeDecision(db, about(broken, { kind }))).rejects.toMatchObject(refused);
});

test('a rollback brings back a version that reigned, by request, by the approval of a proposal, or by the gate on one', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2, 3]) await reign({ db, week });
  await prepare({ db, week: 4 });
  const asked = await storeRequest(db, {
    ...{ operation: 'rollback', actor: osUser('ada'), model, reason: 'worse' },
    subject: { kind: 'version', id: 'x' },
  });
  const [first, second, , fourth] = [1, 2, 3, 4].map((week) => identity({ week }).id);
  const back = {
    ...{
      model,
      lineage: 'live',
      epoch: 4,
      champion: second ?? '',
      version: 2,
      kind: 'rollback' as const,
      reason: 'worse',
    },
    ...{ restores_epoch: 2, actor: asked.actor, request: asked.id },
  };
  const gate = await storeActor(db, gateActor);
  for (const wrong of [
    { ...back, request: null },
    { ...back, actor: gate, request: null },
    { ...back, actor: await storeActor(db, osUser('bob')) },
    { ...back, restores_epoch: null },
    { ...back, restores_epoch: 1 },
    { ...back, restores_epoch: 3, champion: identity({ week: 3 }).id, version: 3 },
    { ...back, champion: fourth ?? '', version: 4 },
    { ...back, epoch: 5 },
    { ...back, epoch: 1 },
    { ...back, version: null },
  ])
    await expect(insert(db, wrong), JSON.stringify(wrong)).rejects.toMatchObject(refused);
  await rollBack(db, { epoch: 4, to: 2 });
  await expect(rollBack(db, { epoch: 5, to: 2 })).rejects.toMatchObject({
    message: expect.stringMatching(/reigns already/),
  });

  const proposal = {
    ...{ model, lineage: 'live', epoch: 4, champion: first ?? '', restores_epoch: 1, reason: 'it lost', actor: gate },
  };
  await expect(
    db
      .insertInto('rollback_proposals')
      .values({ ...proposal, champion: second ?? '' })
      .execute(),
  ).rejects.toMatchObject(refused);
  const { id } = await db.insertInto('rollback_proposals').values(proposal).returning('id').executeTakeFirstOrThrow();
  const decision = {
    ...{ kind: 'approve' as const, model, lineage: 'live', epoch: 4, candidate: first ?? '', reason: 'yes' },
    ...{ proposal: id, restores_epoch: 1, actor: asked.actor, request: asked.id },
  };
  for (const wrong of [
    { ...decision, kind: 'override' as const },
    { ...decision, epoch: 3 },
    { ...decision, candidate: second ?? '' },
    { ...decision, proposal: null, restores_epoch: null },
  ])
    await expect(db.insertInto('decisions').values(wrong).execute()).rejects.toMatchObject(refused);
  const approved = await db.insertInto('decisions').values(decision).returning('id').executeTakeFirstOrThrow();
  const restored = { ...back, epoch: 5, champion: first ?? '', version: 1, restores_epoch: 1, request: null };
  await insert(db, { ...restored, decision: approved.id });

  const { id: automatic } = await db
    .insertInto('rollback_proposals')
    .values({ ...proposal, epoch: 5, champion: second ?? '', restores_epoch: 4 })
    .returning('id')
    .executeTakeFirstOrThrow();
  const again = { ...back, epoch: 6, restores_epoch: 4, actor: gate, request: null, proposal: automatic };
  await expect(insert(db, { ...again, restores_epoch: 2 })).rejects.toMatchObject(refused);
  await insert(db, again);
  expect((await history(db, model, 'live')).map(({ version, kind, by }) => [version, kind, by]).slice(3)).toEqual([
    [2, 'rollback', 'ada'],
    [1, 'rollback', 'ada'],
    [2, 'rollback', 'gate'],
  ]);
});
