import { describe, expect, it } from 'vitest';
import { type Inspected, inspect } from '../../gate/inspect.ts';
import type { Column } from '../../schemas/columns.ts';
import { Definition } from '../../schemas/definition.ts';
import { type ErrorCode, ReignError } from '../../schemas/errors.ts';
import type { ColumnStatistics, Manifest } from '../../schemas/snapshot.ts';

const hash = 'a'.repeat(64);
const january = { from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' };
const windows = { train: january, holdout: january };
const income: Column = { name: 'income', kind: 'number', sourceType: 'float', postgresType: 'double precision' };
const outcome: Column = { name: 'outcome', kind: 'text', sourceType: 'text', postgresType: 'text' };

const statistics = (name: string, nulls = 0): ColumnStatistics => ({ name, nulls, min: null, max: null, distinct: 2 });

/** 1,000 rows of both classes; each test changes what it is about. */
function manifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    contentHash: hash,
    fileHash: hash,
    queryHash: hash,
    window: { from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' },
    rows: 1000,
    columns: [income, outcome],
    statistics: [statistics('income'), statistics('outcome')],
    classes: [
      { class: 'paid', rows: 700 },
      { class: 'defaulted', rows: 300 },
    ],
    unknownClassRows: 0,
    unlabelledRows: 0,
    ...changes,
  };
}

const loans = {
  model: 'loans',
  task: 'binary',
  source: {
    query: 'select * from loans',
    rowId: 'loan_id',
    eventTime: 'applied_at',
    label: 'outcome',
    labels: 'complete',
    features: ['income'],
  },
  label: { classes: ['paid', 'defaulted'], positive: 'defaulted' },
  windows: { horizon: 'P1D', lag: 'PT0S', train: 'P3W', holdout: 'P2W' },
  pipeline: { entrypoint: 'pipeline.py:build' },
};
const binary = Definition.parse(loans);
const regression = Definition.parse({ ...loans, task: 'regression', label: undefined });

const inspected = (train: Partial<Manifest> = {}, holdout: Partial<Manifest> = {}): Inspected => ({
  train: manifest(train),
  holdout: manifest(holdout),
});

function refusal(now: Inspected, definition = binary): { code: ErrorCode; message: string } {
  try {
    inspect(definition, windows, now, null);
  } catch (error) {
    if (error instanceof ReignError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
}

const bothWindows: ('train' | 'holdout')[] = ['train', 'holdout'];
const where = (purpose: string) => `loans: the ${purpose} window 2024-01-01T00:00:00Z to 2024-02-01T00:00:00Z`;

describe.each(bothWindows)('the inspection of the %s window', (purpose) => {
  const of = (changes: Partial<Manifest>): Inspected => ({ ...inspected(), [purpose]: manifest(changes) });

  it('refuses one without rows', () => {
    const empty = { rows: 0, classes: [{ class: 'paid', rows: 0 }], statistics: [] };
    expect(refusal(of(empty))).toEqual({ code: 'WindowEmpty', message: `${where(purpose)} has no rows` });
    expect(refusal(of({ ...empty, classes: null }), regression).code).toBe('WindowEmpty');
  });

  it('refuses one in which every label is NULL', () => {
    const unlabelled = { unlabelledRows: 1000, classes: null };
    const message = `${where(purpose)} has 1000 rows, and outcome is NULL in all of them`;
    expect(refusal(of(unlabelled))).toEqual({ code: 'LabelMissing', message });
    expect(refusal(of(unlabelled), regression).code).toBe('LabelMissing');
  });

  it('refuses labels that are no class, and says how many, not which', () => {
    expect(refusal(of({ unknownClassRows: 3 }))).toEqual({
      code: 'ClassUnknown',
      message: `${where(purpose)} has 3 rows with an unknown class in outcome; expected paid, defaulted`,
    });
  });

  it('refuses one class only', () => {
    const classes = [
      { class: 'paid', rows: 900 },
      { class: 'defaulted', rows: 0 },
    ];
    expect(refusal(of({ classes, unlabelledRows: 100 }))).toEqual({
      code: 'OneClass',
      message: expect.stringContaining(`${where(purpose)} holds only the class paid of outcome`),
    });
  });

  it('takes some rows without label, and both classes however rare', () => {
    const classes = [
      { class: 'paid', rows: 998 },
      { class: 'defaulted', rows: 1 },
    ];
    expect(inspect(binary, windows, of({ classes, unlabelledRows: 1 }), null)).toEqual([]);
  });

  it('asks nothing about classes of a regression', () => {
    expect(inspect(regression, windows, of({ classes: null }), null)).toEqual([]);
  });
});

describe('the inspection of the training window', () => {
  const warnings = (train: Partial<Manifest>) => inspect(binary, windows, inspected(train), null);
  const events = (first: string) => ({ events: { first: `${first}T08:00:00Z`, last: '2024-01-31T23:00:00Z' } });

  it('warns of a feature that is NULL in every row, not of one that has some value', () => {
    const nulls = (count: number) => ({ statistics: [statistics('income', count), statistics('outcome')] });
    expect(warnings(nulls(1000))).toEqual(['train: income is NULL in every row']);
    expect(warnings(nulls(999))).toEqual([]);
  });

  it('warns where it begins before any data', () => {
    expect(warnings(events('2024-01-11'))).toEqual([
      'train: the window begins on 2024-01-01, its first row is of 2024-01-11',
    ]);
    expect(warnings(events('2024-01-01'))).toEqual([]);
  });

  it("names this cycle's window, whatever window equal rows were first extracted for", () => {
    const earlier = { window: { from: '2014-02-01T00:00:00Z', to: '2014-03-01T00:00:00Z' } };
    const message = `${where('train')} has no rows`;
    expect(refusal(inspected({ ...earlier, rows: 0 }))).toEqual({ code: 'WindowEmpty', message });
  });
});

describe('the inspection against the last cycle', () => {
  const warnings = (now: Inspected, last: Inspected | null = inspected()) => inspect(binary, windows, now, last);

  it('has nothing to say of the first cycle, nor of one like the last', () => {
    expect(warnings(inspected(), null)).toEqual([]);
    expect(warnings(inspected())).toEqual([]);
  });

  it.each([
    [1501, ['train: 1501 rows, 1000 in the last cycle']],
    [499, ['train: 499 rows, 1000 in the last cycle']],
    [1500, []],
    [500, []],
  ])('warns of %i rows after 1000 where more than half of them came or went', (rows, expected) => {
    expect(warnings(inspected({ rows }))).toEqual(expected);
  });

  it('warns of a column whose type has changed, not of one that is new', () => {
    const columns: Column[] = [
      { ...income, sourceType: 'numeric', postgresType: 'numeric(10,2)' },
      outcome,
      { name: 'debt', kind: 'number', sourceType: 'float', postgresType: 'double precision' },
    ];
    expect(warnings(inspected({}, { columns }))).toEqual([
      'holdout: income is numeric(10,2), was double precision in the last cycle',
    ]);
  });

  it('warns of a column with many more NULLs, not of a few or of fewer', () => {
    const nulls = (count: number) => ({ statistics: [statistics('income', count), statistics('outcome')] });
    expect(warnings(inspected(nulls(350)), inspected(nulls(100)))).toEqual([
      'train: income is NULL in 35 % of the rows, 10 % in the last cycle',
    ]);
    expect(warnings(inspected(nulls(290)), inspected(nulls(100)))).toEqual([]);
    expect(warnings(inspected(nulls(0)), inspected(nulls(900)))).toEqual([]);
  });

  it('compares shares, not counts, of NULLs', () => {
    const half = { rows: 700, statistics: [statistics('income', 70)] };
    expect(warnings(inspected(half), inspected({ statistics: [statistics('income', 100)] }))).toEqual([]);
  });

  it('tells of both windows, the training first', () => {
    expect(warnings(inspected({ rows: 100 }, { rows: 200 }))).toEqual([
      'train: 100 rows, 1000 in the last cycle',
      'holdout: 200 rows, 1000 in the last cycle',
    ]);
  });
});
