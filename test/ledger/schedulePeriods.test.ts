import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { storeRequest } from '../../ledger/requests.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, model } from './scene.ts';
import { withLedger } from './withLedger.ts';

const refused = { code: 'LedgerConflict' };

test('schedule periods of a model follow each other, are closed once, and stay', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const { id } = await storeRequest(db, {
    ...{ operation: 'pause', actor: osUser('ada'), model, reason: 'holidays' },
    subject: { kind: 'schedule', id: model },
  });
  const spec = '{"cron": "0 6 * * MON"}';
  const open = (from: string, more = {}) =>
    db
      .insertInto('schedule_periods')
      .values({ model, valid_from: from, spec, time_zone: 'UTC', paused: false, opened_by: id, ...more })
      .execute();
  const close = (to: string | null, more = {}) =>
    db
      .updateTable('schedule_periods')
      .set({ valid_to: to, closed_by: id, ...more })
      .execute();
  await open('2001-01-01T00:00:00Z');
  await expect(open('2001-02-01T00:00:00Z')).rejects.toMatchObject(refused);
  await expect(close('2000-12-01T00:00:00Z')).rejects.toMatchObject(refused);
  await expect(close('2001-03-01T00:00:00Z', { closed_by: null })).rejects.toMatchObject(refused);
  await close('2001-03-01T00:00:00Z');
  await expect(close('2001-04-01T00:00:00Z')).rejects.toMatchObject(refused);
  await expect(close(null)).rejects.toMatchObject(refused);
  await expect(open('2001-02-01T00:00:00Z', { paused: true })).rejects.toMatchObject(refused);
  const two = await Promise.allSettled([
    open('2001-03-01T00:00:00Z', { paused: true }),
    open('2001-03-02T00:00:00Z', { paused: true }),
  ]);
  expect(two.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  for (const statement of ['update reign.schedule_periods set paused = false', 'delete from reign.schedule_periods'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject(refused);
});
