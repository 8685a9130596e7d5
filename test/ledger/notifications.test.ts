import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Database } from '../../ledger/database.ts';
import { event } from '../../ledger/events.ts';
import {
  claimDue,
  markDelivered,
  markFailed,
  noteNearDeadlines,
  retryNotifications,
  undeliveredNotifications,
} from '../../ledger/notifications.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { askPerson, noteFault, stopAsking } from '../../ledger/waiting.ts';
import { claim, identity, judge, model, prepare, reign, rollBack } from './scene.ts';
import { toldTo } from './toldTo.ts';
import { withLedger } from './withLedger.ts';

/** What the outbox holds, in the order of writing. */
const told = async (db: Kysely<Database>) =>
  await db.selectFrom('notifications').select(['event', 'endpoint', 'cycle', 'facts']).orderBy('at').execute();
const events = async (db: Kysely<Database>) => (await told(db)).map((one) => one.event);

const outOfMemory = {
  code: 'OutOfMemory',
  message: 'the customer 4711 is too large',
  advice: 'More memory.',
  step: 'fit',
  traceback: null,
};

test('whatever the ledger records about the live lineage is told to those who asked for it, and to nobody else', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await toldTo(db, { endpoint: 'ops' }, { endpoint: 'risk', events: ['promoted', 'rollback'] });
  await reign({ db, week: 1 });
  await reign({ db, week: 2 });
  await rollBack(db, { epoch: 3, to: 1 });
  await reign({ db, week: 1, lineage: 'past', version: 11 });
  await prepare({ db, week: 3 });
  await judge({ db, week: 3 }, 'invalid');
  await claim({ db, week: 4 });
  const fault = { step: 'extract', code: 'SourceUnavailable', message: 'down', triesAgainAt: '2001-03-01T00:00:00Z' };
  await noteFault(db, { id: identity({ week: 4 }).id, attempt: 1 }, fault as Parameters<typeof noteFault>[2]);
  await recordOutcome(db, identity({ week: 4 }).id, { status: 'failed', failure: outOfMemory });
  await claim({ db, week: 5, trigger: 'schedule' });
  await recordOutcome(db, identity({ week: 5 }).id, { status: 'skipped', summary: 'An earlier one still ran.' });
  await event(db, { model, cycle: null, kind: 'alias-moved', detail: { version: 1 } });
  await event(db, { model, cycle: identity({ week: 3 }).id, kind: 'warning', detail: {} });

  expect((await told(db)).filter(({ endpoint }) => endpoint === 'risk').map((one) => one.event)).toEqual([
    'promoted',
    'promoted',
    'rollback',
  ]);
  const [week3, week4, week5] = [3, 4, 5].map((week) => identity({ week }).id);
  expect((await told(db)).filter(({ endpoint }) => endpoint === 'ops')).toMatchObject([
    { event: 'promoted', cycle: identity({ week: 1 }).id, facts: { epoch: 1, version: 1, by: 'gate' } },
    { event: 'promoted', cycle: identity({ week: 2 }).id, facts: { epoch: 2, version: 2, by: 'gate' } },
    { event: 'rollback', cycle: null, facts: { epoch: 3, version: 1, by: 'ada' } },
    { event: 'invalid', cycle: week3, facts: { number: 1, version: 3 } },
    { event: 'waits-for-fault', cycle: week4, facts: { step: 'extract', code: 'SourceUnavailable' } },
    { event: 'failed', cycle: week4, facts: { attempt: 1, step: 'fit', code: 'OutOfMemory' } },
    { event: 'schedule-missed', cycle: week5, facts: { asOf: identity({ week: 5 }).asOf } },
    { event: 'alias-moved', cycle: null },
  ]);
});

test('what is rolled back is told to nobody, and what is told is so once', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await toldTo(db, { endpoint: 'ops' });
  await claim({ db, week: 1 });
  const { id } = identity({ week: 1 });
  const undone = db.transaction().execute(async (transaction) => {
    await event(transaction, { model, cycle: id, kind: 'alias-moved', detail: {} });
    throw new Error('undo');
  });
  await expect(undone).rejects.toThrow('undo');
  const failed = { status: 'failed', failure: outOfMemory } as const;
  await recordOutcome(db, id, failed);
  await recordOutcome(db, id, failed);
  expect(await events(db)).toEqual(['failed']);
  // A new attempt that fails is told anew.
  await claim({ db, week: 1 }, 'run-2');
  await recordOutcome(db, id, failed);
  expect(await events(db)).toEqual(['failed', 'failed']);
});

test('the settings in force count, and settings that cannot be read hold nothing up', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await toldTo(db, { endpoint: 'ops' });
  await toldTo(db);
  await reign({ db, week: 1 });
  for (const [at, notifications] of [
    'ops',
    7,
    [7],
    [{ endpoint: 7, events: 'promoted' }],
    [{ endpoint: 'ops' }],
  ].entries()) {
    const document = JSON.stringify({ notifications });
    await db
      .insertInto('definition_settings')
      .values({ model, number: 3 + at, document, applied_by: 'ada' })
      .execute();
    await reign({ db, week: 2 + at });
  }
  expect(await told(db)).toEqual([]);
});

test('the working role writes no notification of its own, and a delivered one stays so', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await toldTo(db, { endpoint: 'ops' });
  await reign({ db, week: 1 });
  await expect(
    sql`insert into reign.notifications (model, event, key, facts, endpoint) values (${model}, 'x', 'x', '{}', 'ops')`.execute(
      db,
    ),
  ).rejects.toThrow('permission denied');
  await expect(sql`select reign.announce(${model}, null, 'promoted', 'x', '{}')`.execute(db)).rejects.toThrow(
    'permission denied',
  );
  const [due] = await claimDue(db, 10);
  await markDelivered(db, due?.id ?? '');
  await markFailed(db, { id: due?.id ?? '', tries: 1 }, 'late');
  expect(await retryNotifications(db)).toEqual([]);
  for (const change of [
    "update reign.notifications set state = 'pending', next_try_at = now()",
    'delete from reign.notifications',
  ])
    await expect(sql.raw(change).execute(owner), change).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('two workers never take the same one, and a try that nobody finished comes again', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await toldTo(db, { endpoint: 'ops' }, { endpoint: 'risk' });
  await reign({ db, week: 1 });
  const taken = (await Promise.all([claimDue(db, 1), claimDue(db, 1), claimDue(db, 1)])).flat();
  expect(new Set(taken.map(({ id }) => id)).size).toBe(2);
  expect(taken).toHaveLength(2);
  expect(await claimDue(db, 10)).toEqual([]);
  await sql`update reign.notifications set next_try_at = clock_timestamp()`.execute(owner);
  const again = await claimDue(db, 10);
  expect(again.map(({ id }) => id).sort()).toEqual(taken.map(({ id }) => id).sort());
  // The first of them answers late: what the second says counts.
  await markFailed(db, { id: taken[0]?.id ?? '', tries: 1 }, 'late');
  expect((await undeliveredNotifications(db)).map(({ reason, tries }) => ({ reason, tries }))).toEqual([
    { reason: null, tries: 2 },
    { reason: null, tries: 2 },
  ]);
});

test('it is tried in longer and longer pauses for a day, then given up until somebody asks to retry', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await toldTo(db, { endpoint: 'ops' });
  await reign({ db, week: 1 });
  const pauses: number[] = [];
  for (;;) {
    const [due] = await claimDue(db, 1);
    if (due === undefined) break;
    await markFailed(db, due, 'it answered 500');
    const [row] = await undeliveredNotifications(db);
    if (row?.nextTryAt == null) break;
    const { rows } = await sql<{ seconds: number }>`
      select round(extract(epoch from next_try_at - tried_at))::integer as seconds from reign.notifications`.execute(
      db,
    );
    pauses.push(rows[0]?.seconds ?? 0);
    // The time until the next try goes by.
    await sql`update reign.notifications set first_tried_at = first_tried_at - (next_try_at - clock_timestamp()), next_try_at = clock_timestamp()`.execute(
      owner,
    );
  }
  expect(pauses.slice(0, 9)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  const hours = pauses.reduce((sum, seconds) => sum + seconds, 0) / 3600;
  expect(hours).toBeGreaterThan(22.9);
  expect(hours).toBeLessThanOrEqual(24);
  const [given] = await undeliveredNotifications(db);
  expect(given).toMatchObject({ state: 'undelivered', nextTryAt: null, reason: 'it answered 500' });
  expect(await retryNotifications(db, ['msg_other'])).toEqual([]);
  expect(await retryNotifications(db)).toEqual([given?.id]);
  expect(await claimDue(db, 1)).toMatchObject([{ id: given?.id, tries: 1 }]);
});

test('a deadline is near a day before it or, where a question is shorter, at half time; it is told once', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await toldTo(db, { endpoint: 'ops' });
  const id = await prepare({ db, week: 1 });
  await judge({ db, week: 1 }, 'review');
  const ask = async (round: number, days: number) => {
    const until = new Date(Date.now() + days * 86_400_000).toISOString();
    await askPerson(db, { id, attempt: 1 }, { number: 1, round, approvers: ['ada'], until }, 'Unsure.');
    await noteNearDeadlines(db);
    await noteNearDeadlines(db);
    return until;
  };
  await ask(1, 7);
  await ask(2, 1);
  expect(await events(db)).toEqual(['waits-for-person', 'waits-for-person']);
  // The question was asked a week ago.
  await sql`alter table reign.events disable trigger events_append_only`.execute(owner);
  const until = await ask(3, 0.9);
  await sql`update reign.events set at = at - interval '6 days' where detail ->> 'round' = '3'`.execute(owner);
  await noteNearDeadlines(db);
  await noteNearDeadlines(db);
  expect((await told(db)).slice(3)).toMatchObject([{ event: 'deadline-near', facts: { number: 1, round: 3, until } }]);
  await db.transaction().execute(async (transaction) => await stopAsking(transaction, { id, attempt: 1 }));
  await sql`update reign.events set at = at - interval '6 days'`.execute(owner);
  await noteNearDeadlines(db);
  expect(await events(db)).toHaveLength(4);
});
