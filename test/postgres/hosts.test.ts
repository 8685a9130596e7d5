import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverUrl, startPostgres, type TestPostgres } from '../postgres.ts';
import { type BothHalves, bothHalves } from './bothHalves.ts';

/** Two servers with a database of the same name; what one of them allows differs. */
let second: TestPostgres;
let halves: BothHalves;
const database = `test_${randomBytes(6).toString('hex')}`;
const ports = { readOnly: 0, writable: 0, nobody: 1 };

async function on(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: `${url}postgres` });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  second = await startPostgres();
  await on(
    serverUrl(),
    `create database ${database}`,
    `alter database ${database} set default_transaction_read_only = on`,
  );
  await on(second.url, `create database ${database} encoding 'LATIN1' locale 'C' template template0`);
  await on(second.url, "alter role postgres set client_encoding = 'LATIN1'");
  ports.readOnly = Number(new URL(serverUrl()).port);
  ports.writable = second.port;
  halves = bothHalves(process.env);
});

afterAll(async () => {
  await halves?.[Symbol.asyncDispose]();
  await second?.stop();
  await on(serverUrl(), `drop database ${database} with (force)`);
});

type Place = keyof typeof ports;
const url = (places: readonly Place[], attributes: string) =>
  `postgresql://postgres@${places.map((place) => `127.0.0.1:${ports[place]}`).join(',')}/${database}?target_session_attrs=${attributes}`;

test.for<[readonly Place[], string, Place | null]>([
  [['readOnly', 'writable'], 'any', 'readOnly'],
  [['readOnly', 'writable'], 'read-write', 'writable'],
  [['writable', 'readOnly'], 'read-only', 'readOnly'],
  [['nobody', 'writable'], 'any', 'writable'],
  [['nobody', 'readOnly', 'writable'], 'read-write', 'writable'],
  [['nobody', 'readOnly'], 'read-write', null],
  [['readOnly', 'writable'], 'primary', 'readOnly'],
  [['readOnly', 'writable'], 'standby', null],
  [['nobody', 'writable'], 'prefer-standby', 'writable'],
])('of %s the session that is %s is at %s', async ([places, attributes, expected]) => {
  const answers = await halves.ask(url(places, attributes));
  const found = answers.map((answer) => ('refused' in answer ? null : answer.port));
  const port = expected === null ? null : ports[expected];
  expect(found, JSON.stringify(answers)).toEqual([port, port]);
});

test('hosts and ports may stand in parameters too, and one port holds for all', async () => {
  const address = `postgresql://postgres@/${database}?host=127.0.0.1,127.0.0.1&port=1,${ports.writable}`;
  for (const answer of await halves.ask(address)) expect(answer).toMatchObject({ port: ports.writable });
});

test('the client encoding is UTF8, whatever role, database and URL say', async () => {
  for (const parameters of ['', '&client_encoding=LATIN1', '&options=-c%20client_encoding%3DLATIN1'])
    for (const answer of await halves.ask(url(['writable'], `any${parameters}`)))
      expect(answer).toMatchObject({ encoding: 'UTF8' });
});
