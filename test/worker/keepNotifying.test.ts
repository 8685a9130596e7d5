import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { sql } from 'kysely';
import pino from 'pino';
import { expect, test } from 'vitest';
import { openLedger } from '../../ledger/openLedger.ts';
import { askPerson } from '../../ledger/waiting.ts';
import { keepNotifying } from '../../worker/keepNotifying.ts';
import { judge, prepare } from '../ledger/scene.ts';
import { toldTo } from '../ledger/toldTo.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { here, withEndpoints, withReceiver } from '../notify/receiver.ts';

test('a worker tells endpoints what the ledger has recorded, and that a deadline is near, until it is stopped', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const stopped = new AbortController();
  // The second stays unanswered: the worker is stopped meanwhile.
  await using receiver = await withReceiver((response, nth) => {
    if (nth === 2) stopped.abort();
    else response.writeHead(200).end();
  });
  using endpoints = withEndpoints({ ops: here(receiver.port) });
  await toldTo(db, { endpoint: 'ops' });
  const id = await prepare({ db, week: 1 });
  await judge({ db, week: 1 }, 'review');
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await askPerson(db, { id, attempt: 1 }, { number: 1, round: 1, approvers: [], until }, 'Unsure.');
  // It was asked yesterday.
  await sql`alter table reign.events disable trigger events_append_only`.execute(ledger.owner);
  await sql`update reign.events set at = at - interval '1 day'`.execute(ledger.owner);
  const world = { ledger: openLedger(ledger.url), log: pino({ level: 'silent' }) };
  await keepNotifying(world, endpoints.env, stopped.signal);
  await world.ledger.close();
  const types = receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types.sort()).toEqual(['deadline-near', 'waits-for-person']);
});

test('a ledger that does not answer ends no worker', async () => {
  const lines = new PassThrough();
  const stopped = new AbortController();
  const ledger = openLedger('postgresql://ada:secret@127.0.0.1:1/ledger');
  const running = keepNotifying({ ledger, log: pino(lines) }, {}, stopped.signal);
  const [line] = await once(lines, 'data');
  expect(String(line)).toContain('cannot send notifications now');
  expect(String(line)).not.toContain('secret');
  stopped.abort();
  await running;
  await ledger.close();
});
