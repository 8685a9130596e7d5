import { expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { type NewDecision, storeDecision } from '../../ledger/decisions.ts';
import { chargeError, chargesOf } from '../../ledger/errorCharges.ts';
import { history } from '../../ledger/history.ts';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { requestsAbout } from '../../ledger/requests.ts';
import { type RollbackRequest, rollBack } from '../../ledger/rollBack.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, claim, crown, identity, judge, model, prepare, reign, snapshot } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

const asked = { actor: osUser('ada') };
const back = ({ db }: TestLedger, changes: Partial<RollbackRequest> = {}) =>
  rollBack(db, { model, lineage: 'live', reason: 'complaints', asked, ...changes });
const refused = (situation: string) => ({ code: 'RollbackRefused', situation });

async function withChampions(weeks: number): Promise<TestLedger> {
  const ledger = await withLedger();
  await apply(ledger.db);
  for (let week = 1; week <= weeks; week++) {
    await reign({ db: ledger.db, week });
    await recordOutcome(ledger.db, identity({ week }).id, { status: 'promoted' });
  }
  return ledger;
}

/** Epochs without a gap, and what each reign is. */
const lineOf = async ({ db }: TestLedger) =>
  (await history(db, model, 'live')).map(({ epoch, version, kind }) => `${epoch}: v${version} ${kind}`);

test('an earlier champion reigns again, with who asked and why, and MLflow is to follow', async () => {
  await using ledger = await withChampions(3);
  const { db } = ledger;
  expect(await back(ledger)).toBe(4);
  expect((await history(db, model, 'live')).at(-1)).toMatchObject({
    ...{ epoch: 4, version: 2, kind: 'rollback', restoresEpoch: 2, by: 'ada', reason: 'complaints' },
    cycle: identity({ week: 2 }).id,
  });
  expect(await requestsAbout(db, { kind: 'lineage', id: `${model}.live` })).toMatchObject([
    { operation: 'rollback', actor: 'person:ada@os-user', reason: 'complaints', model },
  ]);
  expect(await pendingProjections(db)).toMatchObject([{ part: 'champion', model, cycle: identity({ week: 2 }).id }]);
  expect(await back(ledger)).toBe(5);
  await expect(back(ledger)).rejects.toMatchObject(refused('noPredecessor'));
  expect(await back(ledger, { to: 3, epoch: 5 })).toBe(6);
  expect(await lineOf(ledger)).toEqual([
    ...['1: v1 promotion', '2: v2 promotion', '3: v3 promotion'],
    ...['4: v2 rollback', '5: v1 rollback', '6: v3 rollback'],
  ]);
});

test('what is refused changes nothing, not even the list of requests', async () => {
  await using ledger = await withChampions(0);
  const { db } = ledger;
  await expect(back(ledger)).rejects.toMatchObject(refused('nobodyReigns'));
  await reign({ db, week: 1 });
  await expect(back(ledger)).rejects.toMatchObject(refused('noPredecessor'));
  await reign({ db, week: 2 });
  await prepare({ db, week: 3 });
  await prepare({ db, week: 1, lineage: 'backfill', version: 9 });
  await expect(back(ledger, { to: 2 })).rejects.toMatchObject(refused('reigns'));
  await expect(back(ledger, { to: 3 })).rejects.toMatchObject(refused('neverReigned'));
  await expect(back(ledger, { to: 9 })).rejects.toMatchObject(refused('neverReigned'));
  await expect(back(ledger, { to: 4 })).rejects.toMatchObject({ code: 'VersionUnknown', situation: 'notOfModel' });
  await expect(back(ledger, { epoch: 1 })).rejects.toMatchObject(refused('moved'));
  await expect(back(ledger, { reason: ' ' })).rejects.toMatchObject({ code: 'LedgerConflict' });
  expect(await requestsAbout(db, { kind: 'lineage', id: `${model}.live` })).toEqual([]);
  expect(await lineOf(ledger)).toEqual(['1: v1 promotion', '2: v2 promotion']);
});

test('the same request again is the same rollback; of two at once one is done', async () => {
  await using ledger = await withChampions(3);
  const once = { ...asked, repeated: { key: 'k', content: { to: null } } };
  expect(await Promise.all([back(ledger, { asked: once }), back(ledger, { asked: once })])).toEqual([4, 4]);
  expect(await back(ledger, { asked: once })).toBe(4);
  const both = await Promise.allSettled([back(ledger, { to: 1, epoch: 4 }), back(ledger, { to: 3, epoch: 4 })]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: refused('moved') });
  expect((await lineOf(ledger)).length).toBe(5);
});

test('with a promotion at the same moment: one of the two takes the epoch, the other says that it has moved', async () => {
  await using ledger = await withChampions(2);
  const { db } = ledger;
  for (const week of [3, 4, 5]) await prepare({ db, week });
  const judged = await Promise.all([3, 4, 5].map(async (week) => ({ week, judgement: await judge({ db, week }) })));
  const [rolled, ...crowned] = await Promise.allSettled([
    back(ledger, { epoch: 2 }),
    ...judged.map(({ week, judgement }) => crown({ db, week }, judgement)),
  ]);
  const taken = [
    ...(rolled.status === 'fulfilled' ? ['rollback'] : []),
    ...crowned.flatMap((one) => (one.status === 'fulfilled' && one.value.outcome === 'promoted' ? ['promotion'] : [])),
  ];
  expect(taken).toHaveLength(1);
  if (rolled.status === 'rejected') expect(rolled.reason).toMatchObject(refused('moved'));
  for (const one of crowned) expect(one.status).toBe('fulfilled');
  expect((await lineOf(ledger)).map((one) => one.slice(0, 1))).toEqual(['1', '2', '3']);
});

test('before a cycle is judged: it is judged against the champion that is back, and needs a person', async () => {
  await using ledger = await withChampions(2);
  const { db } = ledger;
  await prepare({ db, week: 3 });
  await back(ledger);
  const judgement = await judge({ db, week: 3 });
  expect(judgement).toMatchObject({ epoch: 3, champion: 1 });
  await expect(crown({ db, week: 3 }, judgement)).rejects.toMatchObject({
    message: expect.stringMatching(/need a person since the rollback of epoch 3 by ada/),
  });
});

test('between judging and promoting: what was judged promotes nobody', async () => {
  await using ledger = await withChampions(2);
  const { db } = ledger;
  await prepare({ db, week: 3 });
  const judgement = await judge({ db, week: 3 });
  await back(ledger);
  expect(await crown({ db, week: 3 }, judgement)).toMatchObject({ outcome: 'conflict', champion: { epoch: 3 } });
});

test('after it was promoted, before it ended: the cycle ends as promoted, and the rollback reigns', async () => {
  await using ledger = await withChampions(2);
  const { db } = ledger;
  await prepare({ db, week: 3 });
  const judgement = await judge({ db, week: 3 });
  await crown({ db, week: 3 }, judgement);
  await back(ledger);
  // The worker died after the INSERT: it tries again, and takes nothing back.
  expect(await crown({ db, week: 3 }, judgement)).toEqual({ outcome: 'already', epoch: 3 });
  await recordOutcome(db, identity({ week: 3 }).id, { status: 'promoted' });
  expect(await currentChampion(db, model, 'live')).toMatchObject({ epoch: 4, version: 2 });
});

test('while a cycle waits for a person: no decision about its judgement counts any more, before or after', async () => {
  await using ledger = await withChampions(2);
  const { db } = ledger;
  const decide = async (week: number, changes: Partial<NewDecision> = {}) => {
    const { id: cycle } = identity({ week });
    const { evidence, epoch } = judged[week] ?? (await judge({ db, week }, 'review'));
    return storeDecision(db, {
      ...{ kind: 'approve', cycle, judgementNumber: 1, evidence, epoch, reason: 'yes', asked, ...changes },
    });
  };
  const judged: Record<number, Awaited<ReturnType<typeof judge>>> = {};
  for (const week of [3, 4]) {
    const cycle = await prepare({ db, week });
    judged[week] = await judge({ db, week }, 'review');
    await recordOutcome(db, cycle, { status: 'waiting', waitsFor: 'person' });
  }
  const early = await decide(3);
  await back(ledger);
  const signed = { cycle: identity({ week: 3 }).id, judgementNumber: 1, version: 3, reason: 'yes' };
  expect(await promote(db, { ...signed, epoch: 2, decision: early.id })).toMatchObject({ outcome: 'conflict' });
  await expect(promote(db, { ...signed, epoch: 3, decision: early.id })).rejects.toMatchObject({
    code: 'LedgerConflict',
  });
  await expect(decide(4)).rejects.toMatchObject({ message: expect.stringMatching(/Epoch 3 reigns by now/) });
});

test('the version that failed cannot win again on evidence of before, and its tests stay paid', async () => {
  await using ledger = await withChampions(2);
  const { db } = ledger;
  const failed = identity({ week: 2 }).id;
  const holdout = snapshot({ week: 2 }, 'holdout').contentHash;
  await chargeError(db, { cycle: { id: failed, attempt: 1 }, number: 1, challenger: 2, champion: 1, holdout }, () => ({
    alpha: 0.01,
    account: 'cycle',
  }));
  const spent = await chargesOf(db, model, 'live');
  expect(spent).toHaveLength(1);
  const [won] = await db.selectFrom('judgements').selectAll().where('cycle', '=', failed).execute();
  await back(ledger);
  expect(await chargesOf(db, model, 'live')).toEqual(spent);
  // Its cycle is settled: neither does it begin again, nor is its version judged anew.
  expect((await cycleById(db, failed))?.status).toBe('promoted');
  expect((await claim({ db, week: 2 }, 'run-2')).cycle).toMatchObject({ attempt: 1, status: 'promoted' });
  // A cycle promotes once (the key of `promotions` by cycle): a retry finds what it did.
  expect(await promote(db, { cycle: failed, judgementNumber: 1, epoch: 3, version: 2, reason: 'x' })).toEqual({
    outcome: 'already',
    epoch: 2,
  });
  // By another row, its judgement is of another epoch (`promotions_judged`), and its cycle has ended (`guard_promotion`).
  const row = { model, lineage: 'live', champion: failed, version: 2, reason: 'x', actor: 'gate@0.1.0' };
  const again = { ...row, kind: 'promotion' as const, cycle: failed, judgement_number: won?.number ?? 0, epoch: 4 };
  await expect(db.insertInto('promotions').values(again).execute()).rejects.toMatchObject({
    message: expect.stringMatching(/has ended \(promoted\): it promotes nothing/),
  });
  // What a person may do is an override or a rollback to it, and says so. Neither is a win.
  expect(await back(ledger, { to: 2, reason: 'the complaints were about something else' })).toBe(4);
});
