import { expect, test } from 'vitest';
import { cycleById } from '../../ledger/cycles.ts';
import { eventsOf } from '../../ledger/events.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { noteFault, noteMended } from '../../ledger/waiting.ts';
import { apply, claim, crown, identity, judge, prepare } from './scene.ts';
import { withLedger } from './withLedger.ts';

const fault = {
  step: 'extract',
  code: 'SourceUnavailable',
  message: 'The warehouse does not answer.',
  triesAgainAt: '2001-03-05T12:00:00Z',
};

test('a cycle waits for a fault with its reason, is told once in the events, and goes on', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const cycle = { id: identity({ week: 1 }).id, attempt: 1 };
  await noteFault(db, cycle, fault);
  await noteFault(db, cycle, { ...fault, triesAgainAt: '2001-03-05T12:04:00Z' });
  expect(await cycleById(db, cycle.id)).toMatchObject({
    status: 'waiting',
    waitsFor: 'fault',
    endedAt: null,
    summary:
      'Waits at extract until this is fixed: SourceUnavailable: The warehouse does not answer. The next try is at 2001-03-05T12:04:00Z.',
  });
  expect((await eventsOf(db, cycle.id)).map(({ kind }) => kind)).toEqual(['waits-for-fault']);
  await noteMended(db, cycle);
  expect(await cycleById(db, cycle.id)).toMatchObject({ status: 'running', waitsFor: null, summary: null });
  await noteFault(db, { ...cycle, attempt: 1 }, fault);
  await recordOutcome(db, cycle.id, { status: 'cancelled', summary: 'Cancelled.' });
  expect(await cycleById(db, cycle.id)).toMatchObject({ status: 'cancelled', waitsFor: null, summary: 'Cancelled.' });
  // Whoever comes late changes nothing.
  await noteFault(db, cycle, fault);
  await noteMended(db, cycle);
  expect(await cycleById(db, cycle.id)).toMatchObject({ status: 'cancelled', summary: 'Cancelled.' });
});

test('a cycle that waits may still be crowned, and may be taken over by a new attempt', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await prepare({ db, week: 1 });
  const judgement = await judge({ db, week: 1 });
  await noteFault(db, { id, attempt: 1 }, { ...fault, step: 'promote' });
  expect(await crown({ db, week: 1 }, judgement)).toMatchObject({ outcome: 'promoted' });
  expect(await recordOutcome(db, id, { status: 'failed' })).toMatchObject({ status: 'promoted', waitsFor: null });
  await claim({ db, week: 2 });
  const second = identity({ week: 2 }).id;
  await noteFault(db, { id: second, attempt: 1 }, fault);
  await claim({ db, week: 2 }, 'another run');
  expect(await cycleById(db, second)).toMatchObject({ status: 'running', waitsFor: null, attempt: 2 });
  await expect(noteFault(db, { id: second, attempt: 1 }, fault)).rejects.toMatchObject({ code: 'LedgerConflict' });
});
