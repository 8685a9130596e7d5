import { expect, test } from 'vitest';
import type { Column } from '../../schemas/columns.ts';
import { checkColumns } from '../../source/checkColumns.ts';
import type { DescribedColumn } from '../../source/describeQuery.ts';
import { definitionOf } from './definition.ts';

const kinds: Record<Column['sourceType'], Column['kind']> = {
  integer: 'number',
  float: 'number',
  numeric: 'number',
  boolean: 'number',
  text: 'text',
  timestamptz: 'time',
  timestamp: 'time',
  date: 'time',
};

function described(types: Record<string, Column['sourceType'] | 'json'>): DescribedColumn[] {
  return Object.entries(types).map(([name, type]) => ({
    name,
    postgresType: type,
    column: type === 'json' ? null : { name, kind: kinds[type], sourceType: type, postgresType: type },
  }));
}

const loans = {
  id: 'integer',
  taken_at: 'timestamptz',
  outcome: 'text',
  amount: 'numeric',
  customer: 'text',
  weight: 'float',
  region: 'text',
  extra: 'json',
} as const;

test('plans features, label, weight, entity, cluster and carry, each once', () => {
  const definition = definitionOf({
    features: ['amount', 'taken_at'],
    weight: 'weight',
    entity: 'customer',
    cluster: ['customer', 'region'],
    carry: ['region', 'id'],
  });
  const { planned } = checkColumns(definition, described(loans));
  expect(planned.map(({ name }) => name)).toEqual([
    'amount',
    'taken_at',
    'outcome',
    'weight',
    'customer',
    'region',
    'id',
  ]);
});

test('a column that is not in the query, and an unsupported one that nobody uses', () => {
  expect(() => checkColumns(definitionOf({ features: ['amuont'] }), described(loans))).toThrow(
    'source.features[0]: source.query returns no column amuont. Did you mean amount? It returns id, taken_at,',
  );
  expect(() => checkColumns(definitionOf({ features: ['Amount'] }), described(loans))).toThrow('Did you mean amount?');
  expect(() => checkColumns(definitionOf({ features: ['colour_of_eyes'] }), described(loans))).not.toThrow(
    'Did you mean',
  );
  expect(() => checkColumns(definitionOf({}), described(loans))).not.toThrow();
  expect(() => checkColumns(definitionOf({ features: ['extra'] }), described(loans))).toThrow(
    "source.features[0]: the column extra has the type json; cast it in the query, for example extra ->> 'field'",
  );
});

test.each([
  [{ rowId: 'weight' }, {}, 'source.rowId: the column weight has the type float; expected an integer or a string'],
  [{ eventTime: 'region' }, {}, 'source.eventTime: the column region has the type text; expected a timestamptz'],
  [{ knownAt: 'region' }, {}, 'source.knownAt'],
  [{ weight: 'customer' }, {}, 'source.weight: the column customer has the type text; expected a number'],
  [{ label: 'weight' }, {}, 'source.label: the column weight has the type float; expected a string'],
  [{}, { label: { classes: [0, 1] } }, 'source.label: the column outcome has the type text; expected a number'],
  [{ label: 'weight' }, { label: { classes: [false, true] } }, 'expected a boolean'],
  [{}, { task: 'regression', label: undefined }, 'expected a number, because the task is regression'],
])('a column that does not fit its role: %j %j', (source, rest, message) => {
  expect(() => checkColumns(definitionOf(source, rest), described(loans))).toThrow(message);
});

test("Reign's own names are kept for itself", () => {
  expect(() => checkColumns(definitionOf({}), described({ ...loans, reign_rank: 'integer' }))).toThrow('reign_rank');
});
