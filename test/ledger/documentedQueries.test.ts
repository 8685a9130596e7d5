import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { apply, reign } from './scene.ts';
import { withLedger } from './withLedger.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'ledger.md'), 'utf8');
// What an administrator runs once to create the roles is not a query.
const queries = [...page.matchAll(/```sql\n(select .*?)```/gs)].map(([, query = '']) =>
  query.replaceAll(":'hash'", "'hash'"),
);

test('the table of tables lists every one', async () => {
  await using ledger = await withLedger();
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'reign'::regnamespace and relkind = 'r' and relname not like 'migrations%'`.execute(ledger.db);
  const listed = [...page.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(
    ([, names = '']) => names.match(/[a-z_]{5,}/g) ?? [],
  );
  expect(listed).toEqual(expect.arrayContaining(rows.map(({ name }) => name)));
});

test('every query that the documentation shows runs', async () => {
  await using ledger = await withLedger();
  await apply(ledger.db);
  await reign({ db: ledger.db, week: 1 });
  expect(queries.length).toBeGreaterThan(10);
  for (const query of queries) await sql.raw(query).execute(ledger.db);
});
