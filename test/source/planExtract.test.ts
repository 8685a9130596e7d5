import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlannedQuery } from '../../schemas/payloads.ts';
import type { Window } from '../../schemas/primitives.ts';
import { describeQuery } from '../../source/describeQuery.ts';
import { planExtract } from '../../source/planExtract.ts';
import { type TestDatabase, withDatabase } from '../postgres.ts';
import { definitionOf } from './definition.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await withDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  // A session far away from UTC: no bound may depend on it.
  await client.query("set timezone = 'Pacific/Auckland'");
});
afterAll(async () => {
  await client.end();
  await database[Symbol.asyncDispose]();
});

interface Asked {
  readonly window?: Window;
  readonly asOf?: string;
  readonly rest?: Record<string, unknown>;
}

const february = { from: '2001-02-01T00:00:00Z', to: '2001-03-01T00:00:00Z' };

async function planned(
  source: Record<string, unknown>,
  { window = february, asOf = '2001-03-02T00:00:00Z', rest = {} }: Asked = {},
): Promise<PlannedQuery> {
  const definition = definitionOf({ features: ['feature'], ...source }, rest);
  const described = await describeQuery(database.url, definition.source.query);
  return planExtract({ definition, described, purpose: 'train', window, asOf });
}

async function idsOf(plan: PlannedQuery): Promise<unknown[]> {
  const { rows } = await client.query<{ id: string }>(`select reign_row_id::text as id from (${plan.sql}) as planned`);
  return rows.map(({ id }) => id);
}

const rowsOf = (...rows: string[]) =>
  `select id, taken_at, 1 as feature, 'good' as outcome from (values ${rows.join(', ')}) as t (id, taken_at)`;

test.each(['timestamptz', 'timestamp', 'date'])('the window is half-open, for %s', async (type) => {
  const at = (time: string) => (type === 'timestamptz' ? `timestamptz '${time}+00'` : `${type} '${time}'`);
  const query = rowsOf(
    `(1, ${at('2001-01-31 23:59:59.999999')})`,
    `(2, ${at('2001-02-01 00:00:00')})`,
    `(3, ${at('2001-02-28 00:00:00')})`,
    `(4, ${at('2001-03-01 00:00:00')})`,
    '(5, null)',
    `(6, ${type} 'infinity')`,
    `(7, ${type} '-infinity')`,
  );
  expect(await idsOf(await planned({ query }))).toEqual(['2', '3']);
});

test.each(['Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Australia/Lord_Howe'])(
  'a timestamp without zone is an instant in %s, also where the clocks change',
  async (timeZone) => {
    const query = `select row_number() over (order by taken_at) as id, taken_at, 1 as feature, 'good' as outcome
      from generate_series(timestamp '2001-03-20', '2001-04-10', '30 minutes') as taken_at`;
    for (const hour of [0, 1, 5, 12, 13, 23]) {
      const clock = `${String(hour).padStart(2, '0')}:00:00`;
      const window = { from: `2001-03-25T${clock}Z`, to: `2001-04-01T${clock}Z` };
      const { rows } = await client.query<{ id: string }>(
        `select id::text as id from (${query}) as source
         where taken_at at time zone $1 >= $2::text::timestamptz and taken_at at time zone $1 < $3::text::timestamptz order by source.id`,
        [timeZone, window.from, window.to],
      );
      expect(await idsOf(await planned({ query, timeZone }, { window }))).toEqual(rows.map(({ id }) => id));
    }
  },
);

test.each(['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
  'no event of a date lies after the end of the window in %s, at whatever hour it ends',
  async (timeZone) => {
    const query = `select extract(epoch from at)::bigint as id, at::date as taken_at, 1 as feature, 'good' as outcome
      from generate_series(timestamp '2001-03-20', '2001-04-05', '30 minutes') as at`;
    for (const hour of [0, 6, 11, 13, 23]) {
      const clock = `${String(hour).padStart(2, '0')}:00:00Z`;
      const window = { from: `2001-03-25T${clock}`, to: `2001-04-01T${clock}` };
      const plan = await planned({ query, timeZone }, { window });
      const { rows } = await client.query(
        `select bool_or((to_timestamp(reign_row_id::bigint) at time zone 'UTC') at time zone $1 >= $2::text::timestamptz) as late,
           min(day)::text as first, max(day)::text as last
         from (select *, (to_timestamp(reign_row_id::bigint) at time zone 'UTC')::date as day from (${plan.sql}) as p) as p`,
        [timeZone, window.to],
      );
      const { rows: expected } = await client.query(
        `select min(day)::text as first, max(day)::text as last from (select day::date from generate_series(date '2001-03-20', date '2001-04-05', '1 day') as day) as d
         where (day + 1)::timestamp at time zone $1 > $2::text::timestamptz and (day + 1)::timestamp at time zone $1 <= $3::text::timestamptz`,
        [timeZone, window.from, window.to],
      );
      expect(rows).toEqual([{ late: false, ...expected[0] }]);
    }
  },
);

test('texts are ordered by their bytes, integers by their number', async () => {
  const at = "timestamp '2001-02-02'";
  const texts = rowsOf(...['b', 'B', 'a', '_', 'ä', 'Z', ' a'].map((id) => `('${id}', ${at})`));
  const collated = `select id collate "en-x-icu" as id, taken_at, feature, outcome from (${texts}) as t`;
  expect(await idsOf(await planned({ query: collated }))).toEqual([' a', 'B', 'Z', '_', 'a', 'b', 'ä']);
  const numbers = rowsOf(...[10, 9, -1, 100].map((id) => `(${id}, ${at})`));
  expect(await idsOf(await planned({ query: numbers }))).toEqual(['-1', '9', '10', '100']);
});

test('names with quotes and capitals, a query that ends in a comment or a semicolon', async () => {
  const query = `select 1 as "the ""Id""", now()::timestamp - now()::timestamp + timestamp '2001-02-02' as "When", 1 as "a.b", 'good' as outcome; -- all`;
  const source = { query, rowId: 'the "Id"', eventTime: 'When', features: ['a.b'] };
  expect(await idsOf(await planned(source))).toEqual(['1']);
});

test('the settings name the bounds', async () => {
  const plan = await planned({ query: rowsOf("(1, timestamp '2001-02-02')") });
  expect(plan.settings).toEqual({
    'reign.as_of': '2001-03-02T00:00:00Z',
    'reign.from': february.from,
    'reign.to': february.to,
  });
});

test('the query hash is of the query and its columns, not of the bounds', async () => {
  const query = rowsOf("(1, timestamp '2001-02-02')");
  const one = await planned({ query });
  const other = await planned(
    { query },
    { window: { from: '2002-01-01T00:00:00Z', to: '2002-02-01T00:00:00Z' }, asOf: '2002-03-01T00:00:00Z' },
  );
  expect(other.queryHash).toBe(one.queryHash);
  expect((await planned({ query: `${query} limit 5` })).queryHash).not.toBe(one.queryHash);
  expect((await planned({ query, carry: ['id'] })).queryHash).not.toBe(one.queryHash);
});

test('only what is an instant becomes a bound', async () => {
  const window = { from: "2001-02-01' or true --", to: '2001-03-01T00:00:00Z' };
  await expect(planned({ query: rowsOf("(1, timestamp '2001-02-02')") }, { window })).rejects.toThrow();
});

test('an index on the event time serves the window', async () => {
  await client.query(`create table indexed as select n as id, timestamp '2001-01-01' + n * interval '1 minute' as taken_at,
    n as feature, 'good' as outcome from generate_series(1, 200000) as n`);
  await client.query('create index on indexed (taken_at)');
  await client.query('analyze indexed');
  const window = { from: '2001-02-01T00:00:00Z', to: '2001-02-02T00:00:00Z' };
  for (const timeZone of ['UTC', 'Europe/Berlin']) {
    const plan = await planned({ query: 'select * from indexed', timeZone }, { window });
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${plan.sql}`);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Cond');
  }
});

const versions = (...rows: string[]) =>
  `select id, taken_at::timestamp, known_at::timestamptz, feature, 'good' as outcome
   from (values ${rows.join(', ')}) as t (id, taken_at, known_at, feature)`;
const append = (query: string) => ({ query, knownAt: 'known_at', carry: ['known_at'] });

async function featuresOf(plan: PlannedQuery): Promise<unknown[]> {
  const { rows } = await client.query(`select reign_row_id as id, feature from (${plan.sql}) as planned`);
  return rows.map(({ id, feature }) => [id, feature]);
}

test('of many versions the latest known before asOf is used', async () => {
  const query = versions(
    "(1, '2001-02-02', '2001-02-03Z', 10)",
    "(1, '2001-02-02', '2001-02-20Z', 11)",
    "(1, '2001-02-02', '2001-03-02Z', 12)", // known at asOf itself: too late
    "(2, '2001-02-05', '2001-02-06Z', 20)",
    "(3, '2001-02-05', '2001-03-05Z', 30)",
    "(4, '2001-02-05', null, 40)",
  );
  expect(await featuresOf(await planned(append(query)))).toEqual([
    [1, 11],
    [2, 20],
  ]);
});

test('the window is applied to the latest version: one that moved away is gone, one that moved here is there', async () => {
  const query = versions(
    "(1, '2001-02-02', '2001-02-03Z', 10)",
    "(1, '2001-01-02', '2001-02-20Z', 11)",
    "(2, '2001-01-05', '2001-01-06Z', 20)",
    "(2, '2001-02-05', '2001-02-06Z', 21)",
  );
  expect(await featuresOf(await planned(append(query)))).toEqual([[2, 21]]);
});

test('two versions of one row id known at the same time both come out, also where one lies outside the window', async () => {
  const query = versions(
    "(1, '2001-02-02', '2001-02-03Z', 10)",
    "(1, '2001-01-02', '2001-02-03Z', 11)",
    "(2, '2001-02-02', '2001-02-03Z', 20)",
    "(2, '2001-02-02', '2001-02-03Z', 21)",
    "(2, '2001-02-02', '2001-02-04Z', 22)",
    "(3, '2001-02-02', '2001-02-03Z', 30)",
  );
  const ids = (await featuresOf(await planned(append(query)))).map((row) => (Array.isArray(row) ? row[0] : row));
  expect(ids).toEqual([1, 1, 2, 2, 2, 3]);
});

test('a row without id comes out, to be refused', async () => {
  const query = versions("(1, '2001-02-02', '2001-02-03Z', 10)", "(null, '2001-02-02', '2001-02-03Z', 11)");
  expect(await idsOf(await planned(append(query)))).toEqual(['1', null]);
});

test('a date says only the day: known when that day is over', async () => {
  const query = `select id, timestamp '2001-02-02' as taken_at, known_at, 1 as feature, 'good' as outcome
    from (values (1, date '2001-02-28'), (2, date '2001-03-01'), (3, date '2001-03-02')) as t (id, known_at)`;
  const source = { query, knownAt: 'known_at' };
  const at = (asOf: string, timeZone = 'UTC') => planned({ ...source, timeZone }, { asOf });
  expect(await idsOf(await at('2001-03-02T00:00:00Z'))).toEqual(['1', '2']);
  expect(await idsOf(await at('2001-03-01T23:59:59Z'))).toEqual(['1']);
  expect(await idsOf(await at('2001-03-01T23:00:00Z', 'Europe/Berlin'))).toEqual(['1', '2']);
  expect(await idsOf(await at('2001-03-01T22:59:59Z', 'Europe/Berlin'))).toEqual(['1']);
});
