import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../ledger/database.ts';
import { event } from '../../ledger/events.ts';
import { undeliveredNotifications } from '../../ledger/notifications.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { deliverDue } from '../../notify/deliverDue.ts';
import { endpointNamed } from '../../settings/notifications.ts';
import { claim, identity, model } from '../ledger/scene.ts';
import { toldTo } from '../ledger/toldTo.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { here, secret, withEndpoints, withReceiver } from './receiver.ts';

let ledger: TestLedger;
let db: Kysely<Database>;
beforeAll(async () => {
  ledger = await withLedger();
  ({ db } = ledger);
});
afterAll(async () => await ledger[Symbol.asyncDispose]());

/** A new one each time, so that no test sees another's. */
let made = 0;
function newName(): string {
  made += 1;
  return `endpoint-${made}`;
}

/** Something that an endpoint is to be told. Gives its name. */
async function happens(): Promise<string> {
  const name = newName();
  await toldTo(db, { endpoint: name });
  await event(db, { model, cycle: null, kind: 'alias-moved', detail: { version: 3, customer: 'Jane Doe' } });
  return name;
}

const deliver = (env: Record<string, string>) => deliverDue(db, (name) => endpointNamed(env, name));

const stateOf = async (endpoint: string) =>
  await db
    .selectFrom('notifications')
    .select(['id', 'state', 'tries', 'reason'])
    .where('endpoint', '=', endpoint)
    .executeTakeFirstOrThrow();

/** The time until the next try goes by. */
const waitForNextTry = async () =>
  await sql`update reign.notifications set next_try_at = clock_timestamp() where state = 'pending'`.execute(
    ledger.owner,
  );

test('an endpoint is told once, with nothing of a row but names, numbers and times', async () => {
  await using receiver = await withReceiver();
  const name = await happens();
  using endpoints = withEndpoints({ [name]: here(receiver.port) });
  await deliver(endpoints.env);
  await waitForNextTry();
  await deliver(endpoints.env);
  expect(receiver.received).toHaveLength(1);
  const { id, state } = await stateOf(name);
  expect(state).toBe('delivered');
  expect(receiver.received[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': id });
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
    type: 'alias-moved',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    data: {
      model,
      cycle: null,
      version: 3,
      text: 'flight-delay: the alias champion in MLflow was moved by hand to version 3. See reign history flight-delay',
    },
  });
});

test("a failure is told by its code: the error's own words stay in the ledger", async () => {
  await using receiver = await withReceiver();
  const name = newName();
  await toldTo(db, { endpoint: name });
  using endpoints = withEndpoints({ [name]: here(receiver.port) });
  await claim({ db, week: 1 });
  const failure = { code: 'LabelMissing', message: 'Jane Doe has none', advice: '', step: 'extract', traceback: null };
  await recordOutcome(db, identity({ week: 1 }).id, { status: 'failed', failure });
  await deliver(endpoints.env);
  const { data } = JSON.parse(receiver.received[0]?.body ?? '') as { data: { text: string } };
  expect(data).toMatchObject({ cycle: identity({ week: 1 }).id, step: 'extract', code: 'LabelMissing', attempt: 1 });
  expect(data.text).toMatch(
    /^flight-delay: a cycle failed at extract: LabelMissing\. .* See reign show flight-delay\.live/,
  );
  expect(receiver.received[0]?.body).not.toContain('Jane');
});

test('an endpoint that answers 500 is told later, under the same key and with the same body', async () => {
  await using receiver = await withReceiver((response, nth) => response.writeHead(nth === 1 ? 500 : 200).end());
  const name = await happens();
  using endpoints = withEndpoints({ [name]: here(receiver.port) });
  await deliver(endpoints.env);
  expect(await stateOf(name)).toMatchObject({ state: 'pending', reason: '127.0.0.1 answered 500' });
  await deliver(endpoints.env);
  expect(receiver.received).toHaveLength(1);
  await waitForNextTry();
  await deliver(endpoints.env);
  expect(await stateOf(name)).toMatchObject({ state: 'delivered', tries: 2, reason: null });
  const [first, second] = receiver.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
});

test('a worker that is killed after it has sent leaves it to the next one, under the same key', async () => {
  let worker: ChildProcess | undefined;
  await using receiver = await withReceiver((response, nth) => {
    // It has all of the request, and the worker does not know yet.
    if (nth === 1) worker?.kill('SIGKILL');
    else response.writeHead(200).end();
  });
  const name = await happens();
  using endpoints = withEndpoints({ [name]: here(receiver.port) });
  worker = spawn(process.execPath, [join(import.meta.dirname, 'deliverOnce.ts'), ledger.url], {
    env: { PATH: process.env.PATH, ...endpoints.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(worker, 'exit')).toEqual([null, 'SIGKILL']);
  expect(await stateOf(name)).toMatchObject({ state: 'pending', tries: 1 });
  await waitForNextTry();
  await deliver(endpoints.env);
  expect(await stateOf(name)).toMatchObject({ state: 'delivered', tries: 2 });
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(
    Array(2).fill((await stateOf(name)).id),
  );
});

test('addresses that are not public are refused before anything is sent: literal, by DNS, and where a redirect leads', async () => {
  await using secretive = await withReceiver();
  await using redirecting = await withReceiver((response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${secretive.port}/` }).end(),
  );
  const [literal, mapped, byName, redirect, narrow] = [
    await happens(),
    await happens(),
    await happens(),
    await happens(),
    await happens(),
  ];
  const signed = { secret: { env: 'NOTIFY_SECRET' } };
  const elsewhere = { ...signed, allow: ['10.0.0.0/8'] };
  using endpoints = withEndpoints({
    [literal]: { ...signed, url: `https://2130706433:${secretive.port}/` },
    [mapped]: { ...elsewhere, url: `http://[::ffff:127.0.0.1]:${secretive.port}/` },
    [byName]: { ...elsewhere, url: `http://localhost:${secretive.port}/` },
    [redirect]: here(redirecting.port),
    [narrow]: { ...here(secretive.port), allow: ['127.0.0.2'] },
  });
  await deliver(endpoints.env);
  expect(secretive.received).toEqual([]);
  expect(redirecting.received).toHaveLength(1);
  const refused = expect.stringContaining('which is not public and not allowed');
  for (const name of [literal, mapped, byName, narrow]) expect((await stateOf(name)).reason, name).toEqual(refused);
  expect((await stateOf(redirect)).reason).toBe('127.0.0.1 answered 307; redirects are not followed');
});

test('a name whose address the operator allows is reached', async () => {
  await using receiver = await withReceiver();
  const name = await happens();
  const local = { ...here(receiver.port), url: `http://localhost:${receiver.port}/`, allow: ['127.0.0.1', '::1'] };
  using endpoints = withEndpoints({ [name]: local });
  await deliver(endpoints.env);
  expect(await stateOf(name)).toMatchObject({ state: 'delivered' });
});

test('Slack gets its own body, and names in it call nobody', async () => {
  await using receiver = await withReceiver();
  const name = newName();
  await toldTo(db, { endpoint: name });
  const detail = { number: 1, round: 1, until: '2001-03-01T00:00:00.000Z' };
  await event(db, { model, cycle: null, kind: 'waits-for-person', detail });
  using endpoints = withEndpoints({ [name]: { ...here(receiver.port), secret: undefined, format: 'slack' } });
  await deliver(endpoints.env);
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
    text: 'flight-delay: a cycle waits until 2001-03-01T00:00:00.000Z for a person to approve or reject the challenger. See reign history flight-delay',
  });
  expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
});

test('what cannot be sent as configured waits for the operator, and no reason shows a secret or a path', async () => {
  await using receiver = await withReceiver();
  const [unknown, unset, weak] = [await happens(), await happens(), await happens()];
  using endpoints = withEndpoints({
    [unset]: { ...here(receiver.port), secret: { env: 'NOT_SET' } },
    [weak]: { ...here(receiver.port), secret: { env: 'WEAK' } },
  });
  await deliver({ ...endpoints.env, WEAK: 'whsec_hunter2' });
  expect((await stateOf(unknown)).reason).toMatch(/^no endpoint is named "endpoint-\d+" in /);
  expect((await stateOf(unset)).reason).toContain('.secret: NOT_SET is not set');
  expect((await stateOf(weak)).reason).toContain('.secret: expected whsec_');
  const shown = JSON.stringify(await undeliveredNotifications(db));
  for (const hidden of ['hunter2', secret, 'private', '/hook']) expect(shown).not.toContain(hidden);
  expect(receiver.received).toEqual([]);
});
