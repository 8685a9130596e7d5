import { expect, test } from 'vitest';
import { event, eventsOf } from '../../ledger/events.ts';
import { apply, claim, identity, model } from './scene.ts';
import { withLedger } from './withLedger.ts';

test('an event with a key is written once, one without every time', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const cycle = identity({ week: 1 }).id;
  const warning = { model, cycle, kind: 'warning', detail: { warning: 'few rows' } };
  await Promise.all(Array.from({ length: 5 }, () => event(db, { ...warning, key: 'few-rows' })));
  await event(db, { ...warning, key: 'other' });
  await event(db, warning);
  await event(db, warning);
  await event(db, { model, cycle: null, kind: 'applied', detail: {}, key: '1' });
  await event(db, { model, cycle: null, kind: 'applied', detail: {}, key: '1' });
  const events = await eventsOf(db, cycle);
  expect(events).toHaveLength(4);
  expect(events[0]).toMatchObject({ ...warning, at: expect.stringMatching(/Z$/) });
});
