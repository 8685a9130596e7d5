import { createHmac } from 'node:crypto';
import pg from 'pg';
import type { PostgresPlace } from './postgresPlace.ts';

/** Made by initdb: it alone may do everything, and only the stack itself uses it. */
export const administrator = 'reign';

interface RolesOfDatabase {
  /** Owns the database and all in it. */
  readonly owner: string;
  /** Connects beside the owner. */
  readonly guest: string;
}

/** Who may connect to which of the embedded databases. */
export const databaseRoles = {
  /** The guest works with the ledger: its rights are those of `ledger/workingRights.ts`. */
  ledger: { owner: 'reign_owner', guest: 'reign_worker' },
  /** The owner loads tables, the guest runs the queries of definitions: it reads, and can do nothing else. */
  warehouse: { owner: 'warehouse_owner', guest: 'warehouse_reader' },
} as const satisfies Record<string, RolesOfDatabase>;

export type EmbeddedDatabase = keyof typeof databaseRoles;

/** The URL of an embedded database, as one of its roles. */
export function embeddedUrl(place: PostgresPlace, port: number, database: string, role: string): string {
  return `postgresql://${role}:${passwordOf(place, role)}@127.0.0.1:${port}/${database}`;
}

/** Every role has its own password, and one secret gives them all. */
export function passwordOf(place: PostgresPlace, role: string): string {
  if (role === administrator) return place.password;
  return createHmac('sha256', place.password).update(role).digest('base64url');
}

/** The lines of a `PGPASSFILE`: whoever connects by hand does so as an owner or, to the ledger, as the one who works. */
export function passwordLines(place: PostgresPlace, port: number): string {
  const { ledger, warehouse } = databaseRoles;
  const logins = [
    ['warehouse', warehouse.owner],
    ['warehouse', warehouse.guest],
    ['ledger', ledger.guest],
    ['*', administrator],
  ] as const;
  return logins
    .map(([database, role]) => `127.0.0.1:${port}:${database}:${role}:${passwordOf(place, role)}\n`)
    .join('');
}

/**
 * Makes these databases and their roles, or brings those of an earlier release to this state: what the administrator owned
 * there belongs to the owner, and nobody but owner and guest connects.
 */
export async function prepareDatabases(
  place: PostgresPlace,
  port: number,
  databases: readonly EmbeddedDatabase[],
): Promise<void> {
  const as = (database: string) => embeddedUrl(place, port, database, administrator);
  await connected(as('postgres'), async (client) => {
    for (const database of ['postgres', 'template1'])
      await client.query(`revoke all on database ${database} from public`);
    for (const database of databases) {
      const { owner, guest } = databaseRoles[database];
      for (const role of [owner, guest]) await ensureRole(client, role, passwordOf(place, role));
      const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
      if (rowCount === 0) await client.query(`create database ${database}`);
      await client.query(`alter database ${database} owner to ${owner}`);
      await client.query(`revoke all on database ${database} from public`);
      await client.query(`grant connect on database ${database} to ${guest}`);
    }
  });
  for (const database of databases) {
    const { owner, guest } = databaseRoles[database];
    await connected(as(database), async (client) => {
      await client.query(handOver(owner));
      if (database === 'warehouse') await client.query(letRead(owner, guest));
    });
  }
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await client.query(`create role ${role}`);
  const rights = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  await client.query(`alter role ${role} ${rights} password ${pg.escapeLiteral(password)}`);
}

/** What the administrator made in this database, before there were other roles or by hand, becomes the owner's. */
const handOver = (owner: string): string => `
do $$
declare change text;
begin
  for change in
    with mine as (
      select oid from pg_roles where rolname = current_user
    ), schemas as (
      select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
    )
    select format('alter schema %I owner to ${owner}', nspname)
      from pg_namespace where oid in (table schemas) and nspowner in (table mine)
    union all
    select format('alter table %s owner to ${owner}', oid::regclass)
      from pg_class
      where relnamespace in (table schemas) and relowner in (table mine)
        and (relkind in ('r', 'p', 'v', 'm', 'f') or relkind = 'S' and not exists (
          select from pg_depend where objid = pg_class.oid and classid = 'pg_class'::regclass and deptype in ('a', 'i')))
        and not exists (select from pg_depend where objid = pg_class.oid and classid = 'pg_class'::regclass and deptype = 'e')
    union all
    select format('alter routine %s owner to ${owner}', oid::regprocedure)
      from pg_proc
      where pronamespace in (table schemas) and proowner in (table mine)
        and not exists (select from pg_depend where objid = pg_proc.oid and classid = 'pg_proc'::regclass and deptype = 'e')
    union all
    select format('alter type %s owner to ${owner}', oid::regtype)
      from pg_type
      where typnamespace in (table schemas) and typowner in (table mine)
        and (typtype in ('d', 'e', 'r') or typtype = 'c' and exists (
          select from pg_class where oid = typrelid and relkind = 'c'))
        and not exists (select from pg_depend where objid = pg_type.oid and classid = 'pg_type'::regclass and deptype = 'e')
  loop
    execute change;
  end loop;
end $$`;

/** Functions that any role may call and that reach beyond the query: other sessions, the write-ahead log. */
const farReaching = [
  'pg_terminate_backend(integer, bigint)',
  'pg_cancel_backend(integer)',
  'pg_logical_emit_message(boolean, text, text, boolean)',
  'pg_logical_emit_message(boolean, text, bytea, boolean)',
];

/** The guest reads every table of the warehouse, those that come later too, and is bounded in what it can use up. */
const letRead = (owner: string, guest: string): string => `
do $$
declare change text;
begin
  for change in
    select format(statement, nspname)
      from pg_namespace,
        unnest(array['grant usage on schema %I to ${guest}', 'grant select on all tables in schema %I to ${guest}']) statement
      where nspname !~ '^pg_' and nspname <> 'information_schema'
  loop
    execute change;
  end loop;
end $$;
${[owner, administrator]
  .map(
    (maker) => `
alter default privileges for role ${maker} grant usage on schemas to ${guest};
alter default privileges for role ${maker} grant select on tables to ${guest};`,
  )
  .join('')}
${farReaching.map((name) => `revoke execute on function pg_catalog.${name} from public;`).join('\n')}
grant execute on function pg_catalog.pg_terminate_backend(integer, bigint), pg_catalog.pg_cancel_backend(integer) to ${owner};
alter role ${guest} connection limit 50;
alter role ${guest} set default_transaction_read_only = on;
alter role ${guest} set statement_timeout = '1h';
alter role ${guest} set temp_file_limit = '50GB';`;

/** Uses one connection, and ends it. */
export async function connected(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 60_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
