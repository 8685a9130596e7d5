import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeQuery } from '../../source/describeQuery.ts';
import { type TestDatabase, withDatabase } from '../postgres.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await withDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    create type colour as enum ('red', 'blue');
    create domain amount as numeric(10, 2);
    create domain small_amount as amount check (value < 100);
    create table everything (
      a smallint, b integer, c bigint, d real, e double precision, f numeric(10,2), g boolean, h text, i varchar(3),
      j char(3), k colour, l uuid, m timestamptz, n timestamp(3), o date, p small_amount, q name,
      r json, s jsonb, t integer[], u interval, v bytea, w time, x money, y point
    );
    create table witness (n integer);
    create function touched() returns integer language sql volatile as 'insert into witness values (1) returning n';
  `);
});
afterAll(async () => {
  await client.end();
  await database[Symbol.asyncDispose]();
});

const describe = (query: string) => describeQuery(database.url, query);

test('every supported type has its kind, by type and not by value', async () => {
  const columns = await describe('select * from everything');
  const kinds = Object.fromEntries(
    columns.map(({ name, column }) => [name, column && [column.kind, column.sourceType]]),
  );
  const number = (type: string) => ['number', type];
  expect(kinds).toEqual({
    a: number('integer'),
    b: number('integer'),
    c: number('integer'),
    d: number('float'),
    e: number('float'),
    f: number('numeric'),
    g: number('boolean'),
    h: ['text', 'text'],
    i: ['text', 'text'],
    j: ['text', 'text'],
    k: ['text', 'text'],
    l: ['text', 'text'],
    m: ['time', 'timestamptz'],
    n: ['time', 'timestamp'],
    o: ['time', 'date'],
    p: number('numeric'),
    q: ['text', 'text'],
    r: null,
    s: null,
    t: null,
    u: null,
    v: null,
    w: null,
    x: null,
    y: null,
  });
  expect(columns.map(({ postgresType }) => postgresType)).toContain('character varying(3)');
  expect(columns.find(({ name }) => name === 't')?.postgresType).toBe('integer[]');
});

test.each([
  'select 1 as a',
  'select 1 as a;',
  'select 1 as a -- a comment; at the end',
  'select 1 as a; -- done\n',
  'with numbers as (select 1 as a) select a from numbers order by a limit 1',
  'values (1), (2)',
  'table everything',
  "select count(*) filter (where m < current_setting('reign.as_of')::timestamptz) as a from everything",
])('is one SELECT: %s', async (query) => {
  expect(await describe(query)).not.toHaveLength(0);
});

test.each([
  ['insert into witness values (1) returning n'],
  ['update witness set n = 2 returning n'],
  ['delete from witness returning n'],
  ['with gone as (delete from witness returning n) select n from gone'],
  ['select 1; drop table witness'],
  ['select 1 as a) as x; drop table witness; --'],
  ['select 1 as a) as x, (select 2 as b'],
  ['select n into other from witness'],
  ['create table other (n integer)'],
  ['explain select 1'],
  ['show all'],
  ['copy witness to stdout'],
  ['select $1::integer as a'],
  ['select 1 as a, 2 as a'],
  ['select'],
])('is refused: %s', async (query) => {
  await expect(describe(query)).rejects.toMatchObject({ code: 'QueryInvalid', place: { field: ['source', 'query'] } });
  expect((await client.query('select * from witness')).rows).toEqual([]);
});

test("Postgres' position is the line and column of the author's query", async () => {
  const query = "select 'ä😀' as text,\n  amuont\nfrom everything;";
  await expect(describe(query)).rejects.toMatchObject({
    code: 'QueryInvalid',
    place: { line: 2, column: 3 },
    message: expect.stringContaining('source.query, line 2, column 3: column "amuont" does not exist'),
  });
});

test('nothing is executed', async () => {
  expect(
    await describe('select touched() as a, pg_sleep(20)::text as b, (1 / (n - n))::text as c from witness'),
  ).toHaveLength(3);
  expect((await client.query('select * from witness')).rows).toEqual([]);
});

test('a warehouse that does not answer is SourceUnavailable', async () => {
  const urls = ['postgresql://postgres@127.0.0.1:1/x', `${database.url}_missing`];
  for (const url of urls)
    await expect(describeQuery(url, 'select 1 as a')).rejects.toMatchObject({ code: 'SourceUnavailable' });
});

test('no connection is left behind', async () => {
  await describe('select 1 as a');
  await describe('selec').catch(() => {});
  // The server ends a session a moment after its client has left, and other tests describe queries of other databases.
  const left = async () => {
    const { rowCount } = await client.query(
      "select from pg_stat_activity where application_name = 'reign describe' and datname = current_database()",
    );
    return rowCount;
  };
  await expect.poll(left).toBe(0);
});
