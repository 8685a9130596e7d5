import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrate, migrationStatus } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { prepareLedger } from '../../ledger/prepareLedger.ts';
import { workingRights } from '../../ledger/workingRights.ts';
import { asWorker, withDatabase } from '../postgres.ts';
import { apply, identity, reign } from './scene.ts';
import { withLedger } from './withLedger.ts';

const denied = /permission denied|must be owner/;

test('the role that works cannot rewrite, empty or remove anything, nor switch off what guards it', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'reign'::regnamespace and relkind = 'r'`.execute(owner);
  expect(tables.length).toBeGreaterThan(13);
  for (const { name } of tables) {
    const { rows } = await sql<{ column: string }>`
      select column_name::text as column from information_schema.columns
      where table_schema = 'reign' and table_name = ${name} and is_generated = 'NEVER' and is_identity = 'NO'`.execute(
      owner,
    );
    const rights = Object.entries(workingRights).find(([table]) => table === name)?.[1];
    const changeable: readonly string[] = rights?.update ?? [];
    const kept = rows.map(({ column }) => column).filter((column) => !changeable.includes(column));
    for (const statement of [
      ...kept.map((column) => `update reign.${name} set "${column}" = "${column}"`),
      ...(rights?.delete ? [] : [`delete from reign.${name}`]),
      `truncate reign.${name} cascade`,
      `alter table reign.${name} disable trigger all`,
      `drop table reign.${name} cascade`,
    ]) {
      await expect(sql.raw(statement).execute(db), statement).rejects.toThrow(denied);
    }
  }
  for (const statement of [
    'set session_replication_role = replica',
    'create table reign.other (n int)',
    'create or replace function reign.refuse_change() returns trigger language plpgsql as $$ begin return new; end $$',
    'drop trigger promotions_append_only on reign.promotions',
    "insert into reign.migrations values ('9999', 'now')",
    "insert into reign.events (model, kind, detail, at) values ('flight-delay', 'x', '{}', '2001-01-01')",
    "update reign.models set name = 'other'",
  ]) {
    await expect(sql.raw(statement).execute(db), statement).rejects.toThrow(
      /permission denied|must be owner|violates foreign key/,
    );
  }
  // What may change is still guarded: a settled cycle, and a version that was promoted, stay as they are.
  const { id } = identity({ week: 1 });
  const update = db.updateTable('versions').set({ model_uri: 'models:/other' }).where('cycle', '=', id);
  await expect(update.execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('the owner of a ledger of one role migrates it and another role works from then on', async () => {
  await using database = await withDatabase();
  await using _roles = await withLedger();
  const working = openLedger(asWorker(database.url));
  const owning = openLedger(database.url);
  try {
    await expect(prepareLedger(working, undefined)).rejects.toMatchObject({
      code: 'LedgerOutdated',
      message: expect.stringMatching(
        /^The ledger lacks 0001-definitions, .* and the role reign_test_worker does not own it$/,
      ),
    });
    await migrate(owning.db);
    await apply(owning.db);
    expect(await prepareLedger(owning, undefined)).toEqual({ workingRole: 'postgres', owner: 'postgres' });

    expect(await prepareLedger(working, database.url)).toEqual({ workingRole: 'reign_test_worker', owner: 'postgres' });
    expect(await reign({ db: working.db, week: 1 })).toEqual({ outcome: 'promoted', epoch: 1 });
    // From then on nobody needs the owner's login until there is something to migrate.
    expect(await prepareLedger(working, undefined)).toEqual({ workingRole: 'reign_test_worker', owner: null });
    await Promise.all([1, 2, 3].map(() => prepareLedger(working, database.url)));
    expect((await migrationStatus(working.db)).every(({ executedAt }) => executedAt !== null)).toBe(true);
    await expect(sql`delete from reign.promotions`.execute(working.db)).rejects.toThrow(denied);
  } finally {
    await Promise.all([working.close(), owning.close()]);
  }
});

test('rights that somebody gave by hand are taken back', async () => {
  await using ledger = await withLedger();
  await sql`grant delete on reign.events to reign_test_worker`.execute(ledger.owner);
  const working = openLedger(ledger.url);
  await prepareLedger(working, ledger.ownerUrl);
  await working.close();
  await expect(sql`delete from reign.events`.execute(ledger.db)).rejects.toThrow(denied);
});
