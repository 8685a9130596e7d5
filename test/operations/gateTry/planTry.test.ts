import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { GivenPolicy } from '../../../operations/gateTry/parsePolicy.ts';
import { type DescribedFile, planTry, type TryOptions } from '../../../operations/gateTry/planTry.ts';
import { Definition } from '../../../schemas/definition.ts';
import { ReignError } from '../../../schemas/errors.ts';
import { Gate } from '../../../schemas/gate.ts';
import { validDefinition } from '../../definition/valid.ts';

type Kind = DescribedFile['columns'][number]['kind'];

/** A file with these columns, and these values of its label. */
function file(distinct: (string | number)[] | null, more: Record<string, Kind | 'boolean'> = {}): DescribedFile {
  const named: Record<string, Kind | 'boolean'> = {
    label: typeof distinct?.[0] === 'string' ? 'text' : 'number',
    challenger: 'number',
    champion: 'number',
    event_time: 'time',
    ...more,
  };
  const columns = Object.entries(named).map(([name, kind]) =>
    kind === 'boolean' ? { name, kind: 'number' as const, boolean: true } : { name, kind, boolean: false },
  );
  return { rows: 1000, columns, label: { distinct, missing: 0 } };
}

const without = (described: DescribedFile, name: string): DescribedFile => ({
  ...described,
  columns: described.columns.filter((column) => column.name !== name),
});

const byGate = (gate: unknown = {}): GivenPolicy => ({ gate: Gate.parse(gate), definition: null });
const plan = (described: DescribedFile, options: TryOptions = {}, given = byGate()) =>
  planTry('scores.csv', given, described, options);

describe('without options', () => {
  test('two numbers are a binary label, the day is the cluster, nothing is charged', () => {
    expect(plan(file([0, 1]))).toMatchObject({
      definition: {
        task: 'binary',
        label: { classes: [0, 1] },
        source: { cluster: 'day', label: 'label', eventTime: 'event_time' },
      },
      primary: 'roc_auc',
      challenger: ['challenger'],
      champion: ['champion'],
      hasEventTime: true,
      charge: { alpha: 0.025, account: 'none' },
    });
  });

  test('a column that is called day changes nothing', () => {
    expect(plan(file([0, 1], { day: 'number' })).definition.source.cluster).toBe('day');
    expect(() => plan(file([0, 1], { day: 'number' }), { cluster: ['day'] })).toThrow(
      /--cluster day could mean the UTC day of the event time or the column day/,
    );
  });

  test('a column of true and false', () => {
    expect(plan(file([0, 1], { label: 'boolean' })).definition.label).toEqual({ classes: [false, true] });
  });

  test('many numbers are a regression', () => {
    expect(plan(file(null))).toMatchObject({ definition: { task: 'regression' }, primary: 'rmse' });
    expect(plan(file([1, 2, 3]))).toMatchObject({ definition: { task: 'regression' } });
  });

  test('texts with a score for each are several classes', () => {
    const scores = Object.fromEntries(
      ['a', 'b', 'c'].flatMap((value, at) => [
        [`challenger_${value}`, 'number'],
        [`champion_${at}`, 'number'],
      ]),
    ) as Record<string, Kind>;
    expect(plan(file(['a', 'b', 'c'], scores))).toMatchObject({
      definition: { task: 'multiclass', label: { classes: ['a', 'b', 'c'] } },
      challenger: ['challenger_a', 'challenger_b', 'challenger_c'],
      champion: ['champion_0', 'champion_1', 'champion_2'],
    });
  });
});

describe('options', () => {
  test('name columns, clusters and the positive class', () => {
    const described = file(['no', 'yes'], { region: 'text', store: 'text', w: 'number', new_score: 'number' });
    const options = {
      challenger: 'new_score',
      champion: 'none',
      cluster: ['region', 'store'],
      weight: 'w',
      positive: 'no',
    };
    expect(plan(described, options)).toMatchObject({
      definition: {
        label: { classes: ['no', 'yes'], positive: 'no' },
        source: { cluster: ['region', 'store'], weight: 'w' },
      },
      challenger: ['new_score'],
      champion: null,
    });
  });

  test('rows as independent only where that is said', () => {
    const timeless = without(file([0, 1]), 'event_time');
    expect(plan(timeless, { cluster: ['none'] })).toMatchObject({
      definition: { source: { cluster: 'none' } },
      hasEventTime: false,
    });
    expect(() => plan(timeless)).toThrow(/no column event_time.*--cluster none.*label, challenger, champion/);
  });
});

describe('a whole definition says what is judged', () => {
  const definition = Definition.parse(parse(validDefinition));
  const given = { gate: definition.gate, definition };
  const described = file([0, 1], { late: 'number', date: 'time' });

  test('its label, times and guardrails', () => {
    expect(plan({ ...described, label: { distinct: [0, 1], missing: 3 } }, {}, given)).toMatchObject({
      definition: {
        model: 'flight-delay',
        source: { label: 'late', eventTime: 'date' },
        gate: { guardrails: [{ metric: 'log_loss', margin: 0.01 }] },
      },
    });
  });

  test('its schedule shares the budget', () => {
    const budget = Gate.parse({ error: { wrongPromotions: 0.05 } });
    const weekly = plan(described, {}, { gate: budget, definition: { ...definition, gate: budget } });
    expect(weekly.charge.alpha).toBeCloseTo((0.05 * 0.8) / 53, 9);
  });
});

test.each<[string, DescribedFile, TryOptions, unknown, RegExp]>([
  [
    'a missing column',
    without(file([0, 1]), 'champion'),
    {},
    {},
    /no column "champion"; name one with --champion\. The columns are: label/,
  ],
  ['a label of one value', file([1]), {}, {}, /label has the same value in every row/],
  ['a label without value', file([]), {}, {}, /label has no value/],
  ['three values and binary', file([0, 1, 2]), { task: 'binary' }, {}, /has 3 different values; expected two/],
  ['texts without a positive one', file(['no', 'yes']), {}, {}, /the classes are no, yes; .* --positive VALUE/],
  [
    'a positive one that is none',
    file(['no', 'yes']),
    { positive: 'ja' },
    {},
    /no row .* has the value "ja"; expected --positive to be one of no, yes/,
  ],
  ['a metric of another task', file([0, 1]), {}, { primary: 'rmse' }, /gate\.primary: found "rmse"; expected a metric/],
  [
    'a slice that is not there',
    file([0, 1]),
    {},
    { slices: [{ column: 'region', margin: 0 }] },
    /lacks columns that the policy needs: region\. The columns are/,
  ],
  ['classes without a score', file(['a', 'b', 'c']), {}, {}, /no column challenger_a or challenger_0/],
  ['a regression on texts', file(['a', 'b']), { task: 'regression' }, {}, /label holds strings; expected numbers/],
  ['more than 200 texts', file(null, { label: 'text' }), {}, {}, /more than 200 different strings/],
])('%s is said', (_name, described, options, gate, message) => {
  const attempt = () => plan(described, options, byGate(gate));
  expect(attempt).toThrow(ReignError);
  expect(attempt).toThrow(message);
});
