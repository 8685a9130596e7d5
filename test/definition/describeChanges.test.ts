import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type DefinitionWithCode, describeChanges } from '../../definition/describeChanges.ts';
import { Definition } from '../../schemas/definition.ts';
import { validDefinition } from './valid.ts';

const definition = Definition.parse(parse(validDefinition));
const code = { hash: 'a', files: { 'pipeline.py': 'one', 'steps.py': 'two' } };
const columns = [
  { name: 'distance', kind: 'number' as const, sourceType: 'integer' as const, postgresType: 'integer' },
];
const old: DefinitionWithCode = { definition, code, columns };

function changed(edit: (data: Definition) => void): string[] {
  const now = structuredClone(definition);
  edit(now);
  return describeChanges(old, { definition: now, code, columns });
}

test('nothing changed', () => {
  expect(describeChanges(old, structuredClone(old))).toEqual([]);
});

test('values, deep inside too', () => {
  const lines = changed((data) => {
    data.windows.train = 'P8W';
    data.gate.guardrails = [{ metric: 'log_loss', margin: 0.02 }];
    data.description = 'late flights';
    delete data.schedule;
  });
  expect(lines).toEqual([
    'windows.train: "P4W" -> "P8W"',
    'gate.guardrails[0].margin: 0.01 -> 0.02',
    'schedule: removed (was a mapping with cron, timeZone, overlap, catchUp)',
    'description: added "late flights"',
  ]);
});

test('lists of values by what came and went, and by order', () => {
  expect(changed((data) => (data.source.features = ['distance', 'destination']))).toEqual([
    'source.features: added "destination"',
    'source.features: removed "origin"',
  ]);
  expect(changed((data) => data.source.features.reverse())).toEqual([
    'source.features: ["distance", "origin"] -> ["origin", "distance"]',
  ]);
});

test('a query by its lines', () => {
  expect(
    changed((data) => (data.source.query = 'select id, date, late, distance, origin\nfrom flights\nwhere true\n')),
  ).toEqual(['source.query: changed (lines: +1 -0)']);
});

test('another form of the pipeline', () => {
  const lines = changed((data) => {
    const estimator = { class: 'LogisticRegression', parameters: {} };
    const steps = [{ class: 'StandardScaler', parameters: {} }];
    data.pipeline = { columns: [{ columns: ['distance'], steps }], remainder: 'drop', estimator };
  });
  expect(lines).toEqual([
    'pipeline.entrypoint: removed (was "pipeline.py:build")',
    'pipeline.columns: added a list of 1',
    'pipeline.remainder: added "drop"',
    'pipeline.estimator: added a mapping with class, parameters',
  ]);
});

test('code by file', () => {
  const now = { hash: 'b', files: { 'pipeline.py': 'other', 'new.py': '' } };
  expect(describeChanges(old, { ...old, code: now })).toEqual([
    'code: new.py added',
    'code: pipeline.py changed',
    'code: steps.py removed',
  ]);
  expect(describeChanges({ ...old, code: { hash: 'x', files: null } }, { ...old, code: now })).toEqual([
    'code: changed',
  ]);
  expect(describeChanges(old, { ...old, code: null })).toEqual(['code: removed']);
});

test('a column that the source gives in another type', () => {
  const now = [
    { name: 'distance', kind: 'text' as const, sourceType: 'text' as const, postgresType: 'character varying' },
  ];
  expect(describeChanges(old, { ...old, columns: now })).toEqual(['column distance: integer -> character varying']);
});

test('every difference is told, and never in long lines', () => {
  const text = fc.string({ minLength: 1, maxLength: 5000 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const of = (query: string) => ({
        ...old,
        definition: { ...definition, source: { ...definition.source, query } },
      });
      const lines = describeChanges(of(one), of(other));
      expect(lines.length).toBe(one === other ? 0 : 1);
      for (const line of lines) expect(line.length).toBeLessThan(200);
    }),
  );
});
