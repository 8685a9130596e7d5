import { type Client, DatabaseError } from 'pg';
import { connect, reasonOf } from '../postgres/connect.ts';
import type { Column } from '../schemas/columns.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import { meaningOf } from '../schemas/sqlstates.ts';
import { beginReading } from './beginReading.ts';
import { columnTypeOf } from './columnTypes.ts';
import { parseStatement, type StatementDescription } from './parseStatement.ts';
import { selectText } from './selectText.ts';
import { positionIn, queryInvalid } from './sourceError.ts';

/** A column that the author's query returns. */
export interface DescribedColumn {
  readonly name: string;
  /** As Postgres writes it: `character(3)`, `timestamp without time zone`. */
  readonly postgresType: string;
  /** Null where the type must be cast in the query. */
  readonly column: Column | null;
}

const statementTimeoutSeconds = 30;

/**
 * Asks the warehouse what a query returns, without running it.
 *
 * ```ts
 * const columns = await describeQuery(url, 'select id, taken_at, amount from loans');
 * columns[2]; // { name: 'amount', postgresType: 'numeric(10,2)', column: { kind: 'number', ... } }
 * ```
 *
 * @throws ReignError QueryInvalid where it is not one SELECT that Postgres understands; SourceUnavailable
 */
export async function describeQuery(connectionUrl: string, query: string): Promise<DescribedColumn[]> {
  const text = selectText(query);
  const client = await connect(connectionUrl, { applicationName: 'reign describe' }).catch((error: unknown) => {
    throw error instanceof ReignError ? error : unavailable(error);
  });
  try {
    await beginReading(client, statementTimeoutSeconds);
    const description = await describeSelect(client, text);
    refuseTwice(description.fields.map(({ name }) => name));
    const columns = await withTypes(client, description);
    // Behind a pooler a client that leaves within a transaction costs the server's connection.
    await client.query('rollback');
    return columns;
  } catch (error) {
    throw error instanceof ReignError ? error : unavailable(error);
  } finally {
    await client.end().catch(() => {});
  }
}

async function describeSelect(client: Client, text: string): Promise<StatementDescription> {
  const description = await parsed(client, text, '');
  if (description.parameters > 0) {
    throw queryInvalid('parameters', {});
  }
  // What cannot stand here is no SELECT: INSERT ... RETURNING, a WITH that writes, EXPLAIN, a text that closes the parenthesis.
  await parsed(client, `${wrapping}${text}\n) as source`, wrapping);
  if (description.fields.length === 0) throw queryInvalid('noColumns', {});
  return description;
}

const wrapping = 'select * from (\n';

async function parsed(client: Client, text: string, prefix: string): Promise<StatementDescription> {
  try {
    return await parseStatement(client, text);
  } catch (error) {
    if (!(error instanceof DatabaseError) || meaningOf(error.code ?? '').source) throw error;
    const inQuery = text.slice(prefix.length);
    const at = error.position === undefined ? null : Number(error.position) - 1 - prefix.length;
    const position = at === null || at >= Array.from(inQuery).length ? null : positionIn(inQuery, at);
    if (prefix !== '') {
      throw queryInvalid('notOneSelect', { reason: error.message }, position, error);
    }
    const reason = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
    throw queryInvalid('postgres', { reason }, position, error);
  }
}

function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw queryInvalid('columnTwice', { column: twice });
}

/** Domains are resolved by Postgres itself before it describes a statement. */
async function withTypes(client: Client, { fields }: StatementDescription): Promise<DescribedColumn[]> {
  const { rows } = await client.query<{ at: string; name: string; category: string; schema: string; shown: string }>(
    `select field.at, type.typname as name, type.typtype as category, space.nspname as schema,
       pg_catalog.format_type(field.oid, field.modifier) as shown
     from unnest($1::oid[], $2::int4[]) with ordinality as field(oid, modifier, at)
     join pg_catalog.pg_type as type on type.oid = field.oid
     join pg_catalog.pg_namespace as space on space.oid = type.typnamespace`,
    [fields.map((field) => field.dataTypeID), fields.map((field) => field.dataTypeModifier)],
  );
  const types = new Map(rows.map((row) => [Number(row.at), row]));
  return fields.map(({ name }, at) => {
    const type = types.get(at + 1);
    if (type === undefined) return { name, postgresType: 'unknown', column: null };
    const columnType = columnTypeOf(type);
    const column = columnType && { name, ...columnType, postgresType: type.shown };
    return { name, postgresType: type.shown, column };
  });
}

function unavailable(error: unknown): ReignError {
  const place = { field: ['source', 'connection'] };
  return errorOf('SourceUnavailable', 'noAnswer', { reason: reasonOf(error) }, { cause: error, place });
}
