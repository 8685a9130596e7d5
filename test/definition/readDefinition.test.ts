import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { readDefinition } from '../../definition/readDefinition.ts';
import { Definition } from '../../schemas/definition.ts';
import { ReignError } from '../../schemas/errors.ts';
import { validDefinition, withLine } from './valid.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reign-definition-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(content: string | Uint8Array): string {
  const path = join(folder, 'm.yaml');
  writeFileSync(path, content);
  return path;
}

/** The problems, each without the file's folder. */
async function problems(path: string): Promise<string[]> {
  const error: unknown = await readDefinition(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ReignError)) throw new TypeError(`expected problems, got ${String(error)}`);
  expect(error.code).toBe('DefinitionInvalid');
  return error.message.split('\n').map((line) => line.replace(`${folder}/`, ''));
}

test('a valid definition is read, with its defaults', async () => {
  const { definition } = await readDefinition(write(validDefinition));
  expect(definition.model).toBe('flight-delay');
  expect(definition.source.connection).toBe('warehouse');
  expect(definition.source.cluster).toBe('day');
});

test('anchors, aliases and a byte order mark are fine', async () => {
  const text = `\uFEFF${withLine('holdout: P2W', '  holdout: *four').replace('train: P4W', 'train: &four P4W')}`;
  expect((await readDefinition(write(text))).definition.windows.holdout).toBe('P4W');
});

test('the place of a field, and of a line within a block text', async () => {
  const { where } = await readDefinition(write(validDefinition));
  expect(where(['source', 'features', 1]).endsWith('m.yaml:11:24')).toBe(true);
  expect(where(['source', 'query'], 2).endsWith('m.yaml:6:1')).toBe(true);
  expect(where(['pipeline', 'entrypoint']).endsWith('m.yaml:20:15')).toBe(true);
});

const corpus: [what: string, text: string, lines: string[]][] = [
  [
    'a retention that is too short',
    withLine('task: binary', 'task: binary', 'retention: { features: PT36H }'),
    ['m.yaml:3:24 retention.features: found "PT36H"; expected at least P2D, at most P100Y'],
  ],
  ...['P9999Y', 'P300000Y'].map((years): [string, string, string[]] => [
    `a retention of ${years}: no database knows a time so long ago`,
    withLine('task: binary', 'task: binary', `retention: { features: ${years} }`),
    [`m.yaml:3:24 retention.features: found "${years}"; expected at least P2D, at most P100Y`],
  ]),
  [
    'an unknown field',
    withLine('task: binary', 'task: binary', 'windws: 1'),
    ['m.yaml:3:1 windws: unknown field; did you mean windows?'],
  ],
  [
    'an unknown field in a mapping, spelt another way',
    withLine('rowId: id', '  rowId: id', '  time_zone: UTC'),
    ['m.yaml:8:3 source.time_zone: unknown field; did you mean timeZone?'],
  ],
  [
    'an offset instead of a time zone',
    withLine('rowId: id', '  rowId: id', "  timeZone: '+01:00'"),
    ['m.yaml:8:13 source.timeZone: found "+01:00"; expected an IANA time zone such as Europe/Berlin'],
  ],
  [
    'windows in a zone that is none',
    withLine('holdout: P2W', '  holdout: P2W', '  timeZone: New York'),
    ['m.yaml:19:13 windows.timeZone: found "New York"; expected an IANA time zone such as Europe/Berlin'],
  ],
  [
    'an unknown field that is near to nothing',
    withLine('primary: roc_auc', '  xyzzy: 1'),
    [
      'm.yaml:22:3 gate.xyzzy: unknown field; expected one of primary, win, minimumGain, margin, reason, error, guardrails, floors, slices, undecidedSlices, search, detect, onLoss, cutoff, cost, badRate, quantile, unlabelled, leak, shift, controls, approval, probation',
    ],
  ],
  [
    'a wrong type',
    withLine('features: [distance, origin]', '  features: [distance, 3]'),
    ['m.yaml:11:24 source.features[1]: found 3; expected a string'],
  ],
  [
    'a text for a list',
    withLine('features: [distance, origin]', '  features: distance'),
    ['m.yaml:11:13 source.features: found "distance"; expected a list'],
  ],
  [
    'an empty list',
    withLine('features: [distance, origin]', '  features: []'),
    ['m.yaml:11:13 source.features: found an empty list; expected a list of at least 1'],
  ],
  [
    'a missing field points at what it belongs into',
    withLine('rowId: id'),
    ['m.yaml:3:1 source.rowId: missing; expected a string'],
  ],
  [
    'a missing mapping',
    validDefinition.replace(/windows:\n(?: {2}.*\n)+/, ''),
    ['m.yaml:1:1 windows: missing; expected a mapping of fields'],
  ],
  [
    'a field without value',
    withLine('label: late', '  label:'),
    ['m.yaml:9:9 source.label: found nothing; expected a string'],
  ],
  [
    'an unknown choice',
    withLine('task: binary', 'task: binray'),
    ['m.yaml:2:7 task: found "binray"; expected one of binary, multiclass, regression (did you mean binary?)'],
  ],
  [
    'an unknown metric',
    withLine('primary: roc_auc', '  primary: rocauc'),
    [
      'm.yaml:22:12 gate.primary: found "rocauc"; expected one of roc_auc, pr_auc, log_loss, brier, ks, expected_cost, approval_rate, macro_f1, accuracy, rmse, mae, pinball, r2 (did you mean roc_auc?)',
    ],
  ],
  [
    'a metric of another task',
    withLine('primary: roc_auc', '  primary: rmse'),
    [
      'm.yaml:22:12 gate.primary: found "rmse"; expected a metric for a binary model: roc_auc, pr_auc, log_loss, brier, ks, expected_cost, approval_rate',
    ],
  ],
  [
    'a number below its bound',
    withLine('margin: 0.01', '      margin: -0.01'),
    ['m.yaml:25:15 gate.guardrails[0].margin: found -0.01; expected a number of at least 0'],
  ],
  [
    'a name with capitals',
    withLine('model: flight-delay', 'model: Flight Delay'),
    ['m.yaml:1:8 model: found "Flight Delay"; expected 1 to 63 of a-z, 0-9 and -, starting with a letter'],
  ],
  [
    'a length that is none',
    withLine('train: P4W', '  train: 4 weeks'),
    [
      'm.yaml:17:10 windows.train: found "4 weeks"; expected an ISO 8601 duration such as P4W, P1D or PT6H (no months or years in fractions, not negative)',
    ],
  ],
  [
    'a length of zero',
    withLine('train: P4W', '  train: P0D'),
    ['m.yaml:17:10 windows.train: found "P0D"; expected a length above zero'],
  ],
  [
    'a cron that is none',
    withLine('cron: 0 6 * * MON', '  cron: every monday'),
    ['m.yaml:27:9 schedule.cron: found "every monday"; expected five cron fields, such as 0 6 * * MON'],
  ],
  [
    'a cron that readers read differently',
    withLine('cron: 0 6 * * MON', '  cron: 0 6 13 * FRI'),
    [
      'm.yaml:27:9 schedule.cron: found "0 6 13 * FRI"; expected a day of the month or a day of the week, and * for the other: some readers run it where both match (Temporal), others where one of them does',
    ],
  ],
  [
    'a schedule without times',
    withLine('cron: 0 6 * * MON', '  overlap: skip'),
    ['m.yaml:27:3 schedule: found a mapping with overlap; expected either cron or interval'],
  ],
  [
    'an interval without a fixed length',
    withLine('cron: 0 6 * * MON', '  interval: P1M'),
    [
      'm.yaml:27:13 schedule.interval: found "P1M"; expected an ISO 8601 duration of fixed length such as P7D or PT6H (no months or years), of at least a second',
    ],
  ],
  [
    'a jitter and a phase as long as the interval',
    withLine('cron: 0 6 * * MON', '  interval: PT6H', '  jitter: PT6H', '  phase: PT6H'),
    [
      'm.yaml:28:11 schedule.jitter: found "PT6H"; expected a duration shorter than the interval',
      'm.yaml:29:10 schedule.phase: found "PT6H"; expected an ISO 8601 duration of fixed length such as P7D or PT6H (no months or years), shorter than the interval',
    ],
  ],
  [
    'a zone that is spelt otherwise',
    withLine('cron: 0 6 * * MON', '  cron: 0 6 * * MON', '  timeZone: europe/berlin'),
    [
      'm.yaml:28:13 schedule.timeZone: found "europe/berlin"; expected an IANA time zone such as Europe/Berlin, spelt as the time zone database spells it',
    ],
  ],
  [
    'a positive class that is none',
    withLine('classes: [0, 1]', '  classes: [0, 1]', '  positive: 2'),
    ['m.yaml:14:13 label.positive: found 2; expected one of the classes: 0, 1'],
  ],
  [
    'text classes without a positive one',
    withLine('classes: [0, 1]', '  classes: [good, bad]'),
    ['m.yaml:12:1 label.positive: missing; expected the class whose probability the score is, one of good, bad'],
  ],
  [
    'three classes for a binary model',
    withLine('classes: [0, 1]', '  classes: [0, 1, 2]'),
    ['m.yaml:13:12 label.classes: found [0, 1, 2]; expected two classes, because the task is binary'],
  ],
  [
    'a label without classes',
    withLine('classes: [0, 1]', '  positive: 1'),
    ['m.yaml:12:1 label.classes: missing; expected a list'],
  ],
  [
    'classes for a regression',
    withLine('task: binary', 'task: regression').replace(/gate:\n(?: {2}.*\n)+/, ''),
    ['m.yaml:13:3 label: found a mapping with classes; expected nothing, because a regression has no classes'],
  ],
  [
    'a class that is a list',
    withLine('classes: [0, 1]', '  classes: [[0], 1]'),
    ['m.yaml:13:13 label.classes[0]: found [0]; expected a string, a number or true or false'],
  ],
  [
    'the label as a feature',
    withLine('features: [distance, origin]', '  features: [distance, late]'),
    [
      'm.yaml:11:24 source.features[1]: found "late"; expected a column other than source.label, which is never a feature',
    ],
  ],
  [
    'a cluster that is none',
    withLine('labels: complete', '  labels: complete', '  cluster: 7'),
    ['m.yaml:11:12 source.cluster: found 7; expected day, none or a list'],
  ],
  [
    'too many cluster columns',
    withLine('labels: complete', '  labels: complete', '  cluster: [a, b, c]'),
    ['m.yaml:11:12 source.cluster: found ["a", "b", "c"]; expected a list of at most 2'],
  ],
  [
    'a cluster column of a wrong type',
    withLine('labels: complete', '  labels: complete', '  cluster: [a, 2]'),
    ['m.yaml:11:16 source.cluster[1]: found 2; expected a string'],
  ],
  [
    'an entrypoint of a wrong form',
    withLine('entrypoint: pipeline.py:build', '  entrypoint: pipeline.build'),
    [
      'm.yaml:20:15 pipeline.entrypoint: found "pipeline.build"; expected FILE.py:FUNCTION, the file relative to this definition',
    ],
  ],
  [
    'a mistyped form of the pipeline',
    withLine('entrypoint: pipeline.py:build', '  entrypiont: pipeline.py:build'),
    ['m.yaml:20:3 pipeline.entrypiont: unknown field; did you mean entrypoint?'],
  ],
  [
    'an empty pipeline',
    withLine('entrypoint: pipeline.py:build', '  {}'),
    [
      'm.yaml:20:3 pipeline: found no field; expected the fields of one form: entrypoint or columns, remainder, estimator',
    ],
  ],
  [
    'both forms of the pipeline',
    withLine('entrypoint: pipeline.py:build', '  entrypoint: pipeline.py:build', '  estimator: {class: A}'),
    [
      'm.yaml:20:3 pipeline: found entrypoint, estimator; expected the fields of one form: entrypoint or columns, remainder, estimator',
    ],
  ],
  [
    'a declarative pipeline without columns',
    withLine('entrypoint: pipeline.py:build', '  estimator: {class: A}'),
    ['m.yaml:19:1 pipeline.columns: missing; expected a list'],
  ],
  [
    'a declarative pipeline with problems deep inside',
    withLine(
      'entrypoint: pipeline.py:build',
      '  columns:',
      '    - columns: [distance, dest]',
      '      steps:',
      '        - clas: StandardScaler',
      '  estimator: {class: 7}',
    ),
    [
      'm.yaml:23:11 pipeline.columns[0].steps[0].class: missing; expected a string',
      'm.yaml:23:11 pipeline.columns[0].steps[0].clas: unknown field; did you mean class?',
      'm.yaml:24:22 pipeline.estimator.class: found 7; expected a string',
    ],
  ],
  [
    'a pipeline that is a text',
    withLine('entrypoint: pipeline.py:build').replace('pipeline:', 'pipeline: p.py:build'),
    ['m.yaml:19:11 pipeline: found "p.py:build"; expected a mapping of fields'],
  ],
  [
    'a long value is cut',
    withLine('task: binary', `task: ${'x'.repeat(5000)}`),
    [`m.yaml:2:7 task: found "${'x'.repeat(58)}…; expected one of binary, multiclass, regression`],
  ],
  [
    'a doubled field',
    withLine('rowId: id', '  rowId: id', '  rowId: key'),
    ['m.yaml:8:3 found the field rowId a second time; expected every field once'],
  ],
  [
    'a second document',
    `${validDefinition}---\nmodel: b\n`,
    ['m.yaml:28:1 found a second document (---); expected one definition a file'],
  ],
  ['a tab', validDefinition.replace('  rowId', '\trowId'), ['m.yaml:7:1 found a tab; expected spaces for indentation']],
  [
    'a tag',
    withLine('task: binary', 'task: !python binary'),
    ['m.yaml:2:7 found the tag !python; expected plain YAML without tags'],
  ],
  [
    'an alias without anchor',
    withLine('task: binary', 'task: *t'),
    ['m.yaml:2:7 found the alias *t; expected an anchor &t before it'],
  ],
  [
    'a bracket that is not closed',
    'model: [a\n',
    ['m.yaml:2:1 not YAML: flow sequence in block collection must be sufficiently indented and end with a ]'],
  ],
  ['an empty file', '', ['m.yaml:1:1 found an empty file; expected a definition (model, task, source, ...)']],
  [
    'only a comment',
    '# nothing\n',
    ['m.yaml:1:1 found an empty file; expected a definition (model, task, source, ...)'],
  ],
  ['a text', 'hello', ['m.yaml:1:1 found "hello"; expected a mapping of fields']],
];

describe('one line says file, line, column, field, what was there and what is expected', () => {
  test.each(corpus)('%s', async (_what, text, lines) => {
    expect(await problems(write(text))).toEqual(lines);
  });
});

test('all problems are told at once, in the order of the file', async () => {
  const text = withLine('train: P4W', '  train: 3')
    .replace('task: binary', 'task: x')
    .replace('margin: 0.01', 'margin: a');
  expect(await problems(write(text))).toEqual([
    'm.yaml:2:7 task: found "x"; expected one of binary, multiclass, regression',
    'm.yaml:17:10 windows.train: found 3; expected a string',
    'm.yaml:25:15 gate.guardrails[0].margin: found "a"; expected a number',
  ]);
});

test('files that cannot be read', async () => {
  expect(await problems(join(folder, 'none.yaml'))).toEqual([
    'none.yaml: found no such file; expected a definition (YAML)',
  ]);
  mkdirSync(join(folder, 'models'));
  expect(await problems(join(folder, 'models'))).toEqual([
    'models: found a folder; expected a definition (YAML), such as its flight-delay.yaml',
  ]);
  expect(await problems(write(Buffer.from('a: b\nc: \xff\n', 'latin1')))).toEqual([
    'm.yaml:2:1 found bytes that are not UTF-8; expected UTF-8 text',
  ]);
  expect(await problems(write('a'.repeat(100_001)))).toEqual(['m.yaml: found 100001 bytes; expected at most 100000']);
});

test('a flood of aliases ends in one line', async () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(', ')}]`),
  ];
  expect(await problems(write(bomb.join('\n')))).toEqual([
    'm.yaml:1:1 found aliases that multiply; expected at most 100 uses of one anchor',
  ]);
});

test('whatever YAML holds, the answer is a definition or lines with places', async () => {
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('mapping'),
    ),
    mapping: fc.dictionary(
      fc.oneof(
        fc.constantFrom('model', 'source', 'label', 'classes', 'pipeline', 'columns', 'gate', 'estimator', 'query'),
        fc.string(),
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  }));
  await fc.assert(
    fc.asyncProperty(tree.mapping, async (data) => {
      for (const line of await problems(write(stringify(data))))
        expect(line).toMatch(/^m\.yaml:\d+:\d+ .*(expected|did you mean|not YAML)/);
    }),
    { numRuns: 200 },
  );
});

test('any definition that is written as YAML is read as it was', async () => {
  const name = fc.stringMatching(/^[a-z][a-z_ ]{0,10}[a-z]$/);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { minLength: 4, maxLength: 8 }),
      fc.string({ minLength: 1 }),
      async ([rowId = '', eventTime = '', label = '', ...features], query) => {
        const data = {
          model: 'm',
          task: 'regression',
          source: { query, rowId, eventTime, label, labels: 'complete', features },
          windows: { horizon: 'P1D', lag: 'P0D', train: 'P4W', holdout: 'P1W' },
          pipeline: { entrypoint: 'p.py:build' },
        };
        const { definition } = await readDefinition(write(stringify(data)));
        expect(definition.source).toMatchObject(data.source);
      },
    ),
    { numRuns: 100 },
  );
});

test('a column to cluster by may stand alone or in a list', async () => {
  const clusterOf = (cluster: string) =>
    Definition.parse(parse(withLine('rowId: id', '  rowId: id', `  cluster: ${cluster}`))).source.cluster;
  expect(clusterOf('origin')).toEqual(['origin']);
  expect(clusterOf('[origin]')).toEqual(['origin']);
  expect(clusterOf('day')).toBe('day');
  expect(clusterOf('none')).toBe('none');
  expect(Definition.parse(parse(validDefinition)).source.cluster).toBe('day');
});
