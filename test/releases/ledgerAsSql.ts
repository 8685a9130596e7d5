import { Kysely, PostgresDialect, sql } from 'kysely';
import { Client, Pool } from 'pg';
import type { Database } from '../../ledger/database.ts';
import { migrate } from '../../ledger/migrate.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly isIdentity: boolean;
}

/**
 * The schema `reign` of a database as SQL: the statements of its migrations, then every row. The embedded Postgres has
 * no `pg_dump`.
 */
export async function ledgerAsSql(url: string): Promise<string> {
  const schema = await schemaStatements(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // Triggers and foreign keys hold for programs that write history; here it is only copied.
    const lines = [...schema, 'begin', 'set local session_replication_role = replica'];
    const columns = await columnsOf(client);
    for (const table of tablesInOrder(columns, await referencesOf(client))) {
      lines.push(...(await rowsOf(client, table, columns)));
    }
    return `${[...lines, 'commit'].join(';\n')};\n`;
  } finally {
    await client.end();
  }
}

/** What this release's migrations do, taken down while they run on an empty database. */
async function schemaStatements(url: string): Promise<string[]> {
  const name = `recorded_${process.pid}`;
  const scratch = new URL(url);
  scratch.pathname = `/${name}`;
  const server = new Client({ connectionString: url });
  await server.connect();
  await server.query(`create database ${name}`);
  try {
    const statements: string[] = [];
    const pool = new Pool({ connectionString: scratch.href });
    const db = new Kysely<Database>({
      dialect: new PostgresDialect({ pool }),
      log: ({ query }) => {
        if (/^\s*(create|alter|comment)\b/i.test(query.sql)) statements.push(query.sql.trim().replace(/;$/, ''));
      },
    });
    await sql`create schema reign`.execute(db);
    await migrate(db.withSchema('reign'));
    await db.destroy();
    return statements.map((statement) => statement.replace(/^create (schema|table) if not exists/i, 'create $1'));
  } finally {
    await server.query(`drop database ${name}`);
    await server.end();
  }
}

async function columnsOf(client: Client): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select table_name as table, column_name as column, is_identity = 'YES' as "isIdentity"
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'reign' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
     order by table_name, ordinal_position`,
  );
  return rows;
}

async function referencesOf(client: Client): Promise<{ from: string; to: string }[]> {
  const { rows } = await client.query<{ from: string; to: string }>(
    `select distinct source.relname as from, target.relname as to
     from pg_constraint join pg_class source on source.oid = conrelid join pg_class target on target.oid = confrelid
     where contype = 'f' and connamespace = 'reign'::regnamespace and conrelid <> confrelid`,
  );
  return rows;
}

/** A table comes after those that it refers to; in a circle, by name. */
function tablesInOrder(columns: readonly Column[], references: readonly { from: string; to: string }[]): string[] {
  const left = [...new Set(columns.map(({ table }) => table))];
  const ordered: string[] = [];
  while (left.length > 0) {
    const free = left.findIndex((table) => !references.some(({ from, to }) => from === table && left.includes(to)));
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

async function rowsOf(client: Client, table: string, all: readonly Column[]): Promise<string[]> {
  const columns = all.filter((column) => column.table === table);
  const names = columns.map(({ column }) => `"${column}"`);
  const identity = columns.find(({ isIdentity }) => isIdentity);
  const values = names.map((name) => `quote_nullable(${name}::text)`).join(`, ', ', `);
  const { rows } = await client.query<{ values: string }>(
    `select concat(${values}) as values from reign."${table}" order by ${identity ? `"${identity.column}"` : '1'}`,
  );
  const into = `insert into reign."${table}" (${names.join(', ')})${identity ? ' overriding system value' : ''} values`;
  const lines = rows.map((row) => `${into} (${row.values})`);
  if (identity === undefined) return lines;
  const sequence = `pg_get_serial_sequence('reign."${table}"', '${identity.column}')`;
  return [...lines, `select setval(${sequence}, coalesce(max("${identity.column}"), 1)) from reign."${table}"`];
}
