import { expect, test } from 'vitest';
import { approvalActivities } from '../../activities/approval.ts';
import type { World } from '../../activities/world.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { storeDecision } from '../../ledger/decisions.ts';
import { lastQuestion } from '../../ledger/waiting.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, identity, judge, prepare } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';

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
