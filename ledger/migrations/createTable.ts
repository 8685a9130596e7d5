/** A column as SQL, and what it means: psql's `\d+` shows the second to whoever asks the database itself. */
type DescribedColumn = readonly [definition: string, comment: string];

export interface DescribedTable {
  readonly name: string;
  readonly comment: string;
  readonly columns: Readonly<Record<string, DescribedColumn>>;
  readonly constraints?: readonly string[];
}

/** The statements that create a table in the schema `reign` together with its comments. */
export function createTable({ name, comment, columns, constraints = [] }: DescribedTable): string {
  const lines = [
    ...Object.entries(columns).map(([column, [definition]]) => `"${column}" ${definition}`),
    ...constraints,
  ];
  return [
    `create table reign.${name} (\n  ${lines.join(',\n  ')}\n);`,
    `comment on table reign.${name} is ${literal(comment)};`,
    ...Object.entries(columns).map(
      ([column, [, meaning]]) => `comment on column reign.${name}."${column}" is ${literal(meaning)};`,
    ),
  ].join('\n');
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
