import type { ColumnKind, SourceType } from '../schemas/columns.ts';

/** What Postgres says about a column's type: a row of pg_type, domains already resolved. */
export interface PostgresType {
  /** `int4`, `bpchar`, the enum's own name. */
  readonly name: string;
  /** pg_type.typtype: `b` base, `e` enum, `c` composite, ... */
  readonly category: string;
  readonly schema: string;
}

export interface ColumnType {
  readonly kind: ColumnKind;
  readonly sourceType: SourceType;
}

/** The one table of types; docs/snapshots.md tells it to users. What is not in it, the author casts in the query. */
const baseTypes: Record<string, ColumnType> = {
  int2: { kind: 'number', sourceType: 'integer' },
  int4: { kind: 'number', sourceType: 'integer' },
  int8: { kind: 'number', sourceType: 'integer' },
  float4: { kind: 'number', sourceType: 'float' },
  float8: { kind: 'number', sourceType: 'float' },
  numeric: { kind: 'number', sourceType: 'numeric' },
  bool: { kind: 'number', sourceType: 'boolean' },
  text: { kind: 'text', sourceType: 'text' },
  varchar: { kind: 'text', sourceType: 'text' },
  bpchar: { kind: 'text', sourceType: 'text' },
  name: { kind: 'text', sourceType: 'text' },
  uuid: { kind: 'text', sourceType: 'text' },
  timestamptz: { kind: 'time', sourceType: 'timestamptz' },
  timestamp: { kind: 'time', sourceType: 'timestamp' },
  date: { kind: 'time', sourceType: 'date' },
};

/** The kind a column gets, or null where it must be cast in the query. */
export function columnTypeOf(type: PostgresType): ColumnType | null {
  if (type.category === 'e') return { kind: 'text', sourceType: 'text' };
  if (type.schema !== 'pg_catalog' || !Object.hasOwn(baseTypes, type.name)) return null;
  return baseTypes[type.name] ?? null;
}

/** How a type that is not in the table is cast, as an expression over the column. */
export function castAdvice(postgresType: string, column: string): string {
  if (postgresType.endsWith('[]')) return `cardinality(${column}), or one element such as ${column}[1]`;
  if (postgresType === 'json' || postgresType === 'jsonb') return `${column} ->> 'field', or ${column}::text`;
  if (postgresType.startsWith('interval')) return `extract(epoch from ${column})`;
  if (postgresType.startsWith('time ')) return `extract(epoch from ${column})`;
  if (postgresType === 'money') return `${column}::numeric`;
  if (postgresType === 'bytea') return `encode(${column}, 'hex')`;
  return `${column}::text`;
}
