import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { approvalActivities } from '../../activities/approval.ts';
import { promoteActivities } from '../../activities/promote.ts';
import type { World } from '../../activities/world.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { decisionsOf, storeDecision } from '../../ledger/decisions.ts';
import { rollBack } from '../../ledger/rollBack.ts';
import { lastQuestion, noteFault, noteMended } from '../../ledger/waiting.ts';
import { approveOperation } from '../../operations/approve.ts';
import { perform } from '../../operations/operation.ts';
import { resumePromotionsOperation } from '../../operations/resumePromotions.ts';
import { askedSummary } from '../../operations/verify/askedSummary.ts';
import { osUser } from '../../schemas/actor.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { apply, crown, identity, judge, model, prepare, reign } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { championRegistry } from '../operations/championRegistry.ts';
import { wakingClient } from './wakingClient.ts';

const askedAt = '2001-02-19T06:00:00Z';

/** A cycle whose judgement is left to a person. */
async function asking({ db }: TestLedger) {
  await apply(db);
  await prepare({ db, week: 1 });
  const { number, evidence, epoch } = await judge({ db, week: 1 }, 'review');
  const cycle = { ...identity({ week: 1 }), attempt: 1 };
  const activities = approvalActivities({ ledger: { db } } as unknown as World);
  const until = await activities.askForApproval({ cycle, number, round: 1, askedAt });
  const decide = (kind: 'approve' | 'reject') =>
    storeDecision(db, {
      ...{ kind, cycle: cycle.id, judgementNumber: number, evidence, epoch, reason: 'sound' },
      asked: { actor: osUser('ada') },
    });
  return { cycle, number, until, decide, ...activities, now: () => cycleById(db, cycle.id) };
}

test('a cycle that asks says whom and until when, and its question is heard once it is decided', async () => {
  await using ledger = await withLedger();
  const { cycle, number, until, decide, askForApproval, hearApproval, now } = await asking(ledger);
  expect(until).toBe('2001-02-26T06:00:00Z');
  expect(await askForApproval({ cycle, number, round: 1, askedAt })).toBe(until);
  expect(await now()).toMatchObject({ status: 'waiting', waitsFor: 'person', summary: expect.stringContaining(until) });
  expect(await lastQuestion(ledger.db, cycle.id)).toMatchObject({ number, round: 1, approvers: [], until });
  expect(await hearApproval(cycle, number, false)).toEqual({ kind: 'waits' });
  expect(await now()).toMatchObject({ status: 'waiting' });
  const { id } = await decide('approve');
  const approved = { kind: 'approved', decision: id, by: 'ada', reason: 'sound' };
  expect(await hearApproval(cycle, number, false)).toEqual(approved);
  expect(await now()).toMatchObject({ status: 'running', waitsFor: null });
  // The activity ran, and its answer was lost.
  expect(await hearApproval(cycle, number, true)).toEqual(approved);
});

test('after the deadline nobody decides any more', async () => {
  await using ledger = await withLedger();
  const { cycle, number, decide, hearApproval } = await asking(ledger);
  expect(await hearApproval(cycle, number, true)).toEqual({ kind: 'expired' });
  await expect(decide('approve')).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('a decision that comes just before the deadline counts', async () => {
  await using ledger = await withLedger();
  const { cycle, number, decide, hearApproval } = await asking(ledger);
  await decide('reject');
  expect(await hearApproval(cycle, number, true)).toMatchObject({ kind: 'rejected', by: 'ada' });
});

test('a fault beside the question takes nobody the chance to decide', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { cycle, number, decide, hearApproval, now } = await asking(ledger);
  const fault = { step: 'showEvidence', code: 'TrackerUnavailable', message: 'down.', triesAgainAt: askedAt };
  await noteFault(db, cycle, fault);
  expect(await now()).toMatchObject({ status: 'waiting', waitsFor: 'person' });
  await noteMended(db, cycle);
  expect(await now()).toMatchObject({ status: 'waiting', waitsFor: 'person' });
  await decide('approve');
  expect(await hearApproval(cycle, number, false)).toMatchObject({ kind: 'approved' });
});

test('a question that was answered is not asked again by a try of the activity that comes late', async () => {
  await using ledger = await withLedger();
  const { cycle, number, decide, askForApproval, hearApproval, now } = await asking(ledger);
  await decide('approve');
  await hearApproval(cycle, number, false);
  await askForApproval({ cycle, number, round: 1, askedAt });
  expect(await now()).toMatchObject({ status: 'running', waitsFor: null });
});

test('after the deadline a person is refused, also where no worker has noticed that it is over', async () => {
  await using ledger = await withLedger();
  const { cycle, now } = await asking(ledger);
  const context = {
    ledger: { db: ledger.db, close: async () => {} },
    temporal: () => Promise.reject(new Error('nobody is woken')),
    ...{ actor: osUser('ada'), tracker: null },
  };
  const late = perform(approveOperation, context, { cycle: cycle.id, reason: 'sound' });
  await expect(late).rejects.toMatchObject({ code: 'UsageInvalid', situation: 'tooLate' });
  expect(await decisionsOf(ledger.db, cycle.id)).toEqual([]);
  expect(await now()).toMatchObject({ status: 'waiting' });
});

test('verify knows how a cycle ends that asked, and asks only of its last judgement', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { cycle, number, decide, hearApproval, now } = await asking(ledger);
  const told = async (judgement = number, endedAt: string | null = null) => {
    const known = await now();
    return known && (await askedSummary(db, { ...known, status: 'kept', endedAt }, judgement));
  };
  expect(await told()).toBe('Nobody decided until 2001-02-26T06:00:00Z.');
  // It ended before anybody had to decide: promotions were resumed.
  expect(await told(number, '2001-02-25T06:00:00Z')).toBeNull();
  await decide('reject');
  await hearApproval(cycle, number, false);
  expect(await told()).toBe('Rejected by ada: sound');
  expect(await told(number + 1)).toBeNull();
});

test('a cycle that asks because of a rollback alone is released when promotions are resumed, and promotes without a person', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await reign({ db, week: 2 });
  await rollBack(db, { model, lineage: 'live', reason: 'worse', asked: { actor: osUser('ada') } });
  await prepare({ db, week: 3 });
  const judgement = await judge({ db, week: 3 }, 'promote');
  const cycle = { ...identity({ week: 3 }), attempt: 1 };
  const { askForApproval, hearApproval } = approvalActivities({ ledger: { db } } as unknown as World);
  await askForApproval({ cycle, number: 1, round: 1, askedAt: new Date().toISOString() });
  expect(await hearApproval(cycle, 1, false)).toEqual({ kind: 'waits' });
  await expect(crown({ db, week: 3 }, judgement)).rejects.toMatchObject({ code: 'LedgerConflict' });

  const { client, woken } = wakingClient();
  const context = { ledger: { db, close: async () => {} }, actor: osUser('ada'), temporal: async () => client };
  await perform(resumePromotionsOperation, context, { model, reason: 'the feed is repaired' });
  expect(woken).toEqual([`decided ${cycle.id}`]);
  expect(await hearApproval(cycle, 1, false)).toEqual({ kind: 'released' });
  expect(await cycleById(db, cycle.id)).toMatchObject({ status: 'running', waitsFor: null });
  expect(await crown({ db, week: 3 }, judgement)).toMatchObject({ outcome: 'promoted', epoch: 4 });
});

test('a cycle that promotes wakes those that ask about the champion before', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const asked = await asking(ledger);
  await prepare({ db, week: 2 });
  const { number, epoch, challenger: version } = await judge({ db, week: 2 });
  await using registry = await championRegistry((made) => identity({ week: made }).id);
  const { promote } = promoteActivities({ ledger: { db }, tracker: openTracker(registry.uri, {}) } as unknown as World);
  const { client, woken } = wakingClient();
  const request = { cycle: identity({ week: 2 }), number, epoch, version, reason: 'better' };
  expect(await new MockActivityEnvironment({}, { client }).run(promote, request)).toMatchObject({
    outcome: 'promoted',
  });
  expect(woken).toEqual([`decided ${asked.cycle.id}`]);
});
