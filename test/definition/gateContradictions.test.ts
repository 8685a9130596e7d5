import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDefinition } from '../../definition/readDefinition.ts';
import { ReignError } from '../../schemas/errors.ts';
import { validDefinition } from './valid.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reign-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Changes {
  readonly gate?: readonly string[];
  readonly task?: 'binary' | 'multiclass' | 'regression';
  readonly source?: readonly string[];
  readonly schedule?: boolean;
}

/** A valid definition with another policy. */
function definition({ gate = [], task = 'binary', source = ['labels: complete'], schedule = true }: Changes): string {
  const lines = validDefinition
    .replace(/gate:\n(?: {2}.*\n)+/, gate.length === 0 ? '' : `gate:\n${gate.map((line) => `  ${line}\n`).join('')}`)
    .replace('task: binary', `task: ${task}`)
    .replace('  labels: complete\n', source.map((line) => `  ${line}\n`).join(''));
  const labelled = task === 'regression' ? lines.replace(/label:\n {2}classes.*\n/, '') : lines;
  return schedule ? labelled : labelled.replace(/schedule:\n {2}.*\n/, '');
}

/** The problems, each from the field on. */
async function problems(changes: Changes): Promise<string[]> {
  const path = join(folder, 'm.yaml');
  writeFileSync(path, definition(changes));
  const error: unknown = await readDefinition(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (!(error instanceof ReignError)) throw error;
  return error.message.split('\n').map((line) => line.replace(/^.*?m\.yaml:\d+:\d+ /, ''));
}

const selected = (...lines: string[]) => ['labels: selected', 'selection:', ...lines.map((line) => `  ${line}`)];

const contradictory: [what: string, changes: Changes, lines: string[]][] = [
  [
    'a guardrail of another task',
    { gate: ['guardrails: [{metric: mae, margin: 0.1}]'] },
    [
      'gate.guardrails[0].metric: found "mae"; expected a metric for a binary model: roc_auc, pr_auc, log_loss, brier, ks, expected_cost, approval_rate',
    ],
  ],
  [
    'a floor and a slice of another task',
    {
      task: 'regression',
      gate: ['floors: [{metric: ks, limit: 0.2}]', 'slices: [{column: origin, metric: ks, margin: 0.1}]'],
    },
    [
      'gate.floors[0].metric: found "ks"; expected a metric for a regression model: rmse, mae, pinball, r2',
      'gate.slices[0].metric: found "ks"; expected a metric for a regression model: rmse, mae, pinball, r2',
    ],
  ],
  [
    'a cost without costs',
    { gate: ['primary: expected_cost'] },
    [
      'gate.primary: found "expected_cost"; expected gate.cutoff and gate.cost beside it, which expected_cost is measured by',
    ],
  ],
  [
    'an approval rate without a bad rate',
    { gate: ['guardrails: [{metric: approval_rate, margin: 0.01}]'] },
    [
      'gate.guardrails[0].metric: found "approval_rate"; expected gate.badRate beside it, which approval_rate is measured by',
    ],
  ],
  [
    'a pinball loss of no quantile',
    { task: 'regression', gate: ['primary: pinball'] },
    ['gate.primary: found "pinball"; expected gate.quantile beside it, which pinball is measured by'],
  ],
  [
    'not worse, by nothing and for nothing',
    { gate: ['win: nonInferior'] },
    [
      'gate.margin: missing; expected the loss that is accepted, because win is nonInferior',
      'gate.reason: missing; expected why a challenger that is not better may win, because win is nonInferior',
    ],
  ],
  [
    'not worse by zero',
    { gate: ['win: nonInferior', 'margin: 0', 'reason: it is much cheaper to run'] },
    [
      'gate.margin: found 0; expected a loss above 0, because win is nonInferior (use win: superior if no loss is accepted)',
    ],
  ],
  [
    'not worse, and yet better',
    { gate: ['win: nonInferior', 'margin: 0.01', 'minimumGain: 0.01', 'reason: it is much cheaper to run'] },
    ['gate.minimumGain: found 0.01; expected no minimum gain, because win is nonInferior and accepts a loss'],
  ],
  [
    'a reason for being better',
    { gate: ['reason: it is much cheaper to run'] },
    ['gate.reason: found "it is much cheaper to run"; expected no reason: only win: nonInferior needs one'],
  ],
  [
    'a gain worth having that could not win',
    { gate: ['minimumGain: 0.02', 'detect: 0.02'] },
    ['gate.detect: found 0.02; expected a gain above gate.minimumGain (0.02), below which nothing can win'],
  ],
  [
    'what only a binary model has',
    {
      task: 'regression',
      gate: ['badRate: 0.05', 'cutoff: {score: 0.5}', 'cost: {falsePositive: 1, falseNegative: 5}'],
    },
    [
      'gate.badRate: found 0.05; expected nothing, because only a binary model is cut at a score',
      'gate.cutoff: found a mapping with score; expected nothing, because only a binary model is cut at a score',
      'gate.cost: found a mapping with falsePositive, falseNegative; expected nothing, because only a binary model is cut at a score',
    ],
  ],
  [
    'a quantile of a class',
    { gate: ['quantile: 0.9'] },
    ['gate.quantile: found 0.9; expected nothing, because only a regression predicts quantiles'],
  ],
  [
    'a cut-off in percent',
    { gate: ['cutoff: {score: 30}'] },
    ['gate.cutoff.score: found 30; expected a score from 0 to 1, because scores are probabilities'],
  ],
  [
    'costs without a cut-off',
    { gate: ['cost: {falsePositive: 1, falseNegative: 5}'] },
    ['gate.cutoff: missing; expected the score at which callers cut, because gate.cost counts errors at that score'],
  ],
  [
    'being wrong for less',
    {
      gate: [
        'cutoff: {score: 0.5}',
        'cost: {falsePositive: 1, falseNegative: 5, trueNegative: 2, truePositive: distance}',
      ],
    },
    [
      'gate.cost.falsePositive: found 1; expected at least gate.cost.trueNegative (2): else being wrong is cheaper than being right',
    ],
  ],
  [
    'an amount of an unknown column',
    { gate: ['cutoff: {score: 0.5}', 'cost: {falsePositive: fee, falseNegative: distance}'] },
    ['gate.cost.falsePositive: found "fee"; expected one of source.features or source.carry: distance, origin'],
  ],
  [
    'slices and a search by unknown columns',
    { gate: ['slices: [{column: age, margin: 0.01}]', 'search: {columns: [origin, sex], margin: 0.01}'] },
    [
      'gate.slices[0].column: found "age"; expected one of source.features or source.carry: distance, origin',
      'gate.search.columns[1]: found "sex"; expected one of source.features or source.carry: distance, origin',
    ],
  ],
  [
    'the same twice',
    {
      gate: [
        'guardrails: [{metric: log_loss, margin: 0.01}, {metric: log_loss, margin: 0.02}]',
        'floors: [{metric: ks, limit: 0.1}, {metric: ks, limit: 0.2}]',
        'slices: [{column: origin, margin: 0.01}, {column: origin, metric: roc_auc, margin: 0.02}]',
        'search: {columns: [origin, origin], margin: 0.01}',
      ],
    },
    [
      'gate.guardrails[1].metric: found "log_loss"; expected every metric once',
      'gate.floors[1].metric: found "ks"; expected every metric once',
      'gate.slices[1].column: found "origin"; expected every column once (or another metric)',
      'gate.search.columns[1]: found "origin"; expected every column once',
    ],
  ],
  [
    'a guardrail on what has to be won',
    { gate: ['guardrails: [{metric: roc_auc, margin: 0.01}]'] },
    ['gate.guardrails[0].metric: found "roc_auc"; expected a metric other than the primary one, which has to be won'],
  ],
  [
    'shares in percent',
    {
      gate: [
        'minimumGain: 1',
        'floors: [{metric: roc_auc, limit: 65}, {metric: log_loss, limit: 0}]',
        'guardrails: [{metric: ks, margin: 2}]',
        'search: {columns: [origin], margin: 5}',
      ],
    },
    [
      'gate.minimumGain: found 1; expected less than 1, because roc_auc lies between 0 and 1',
      'gate.floors[0].limit: found 65; expected from 0 to less than 1, where roc_auc lies',
      'gate.floors[1].limit: found 0; expected above 0, which log_loss never falls below',
      'gate.guardrails[0].margin: found 2; expected less than 1, because ks lies between 0 and 1',
      'gate.search.margin: found 5; expected less than 1, because roc_auc lies between 0 and 1',
    ],
  ],
  [
    'an R² beyond reach',
    { task: 'regression', gate: ['floors: [{metric: r2, limit: 1}]'] },
    ['gate.floors[0].limit: found 1; expected less than 1, which r2 never exceeds'],
  ],
  [
    'a protected slice that does not protect',
    { gate: ['undecidedSlices: pass', 'slices: [{column: origin, margin: 0.01, protected: true}]'] },
    [
      'gate.slices[0].protected: found true; expected no protected slice, because gate.undecidedSlices lets every undecided slice pass',
    ],
  ],
  [
    'a yearly budget for cycles that nobody can count',
    { gate: ['error: {wrongPromotions: 0.05}'], schedule: false },
    [
      'schedule: missing; expected a schedule, because gate.error.wrongPromotions is divided among the cycles of a year (or use gate.error.perCycle)',
    ],
  ],
  [
    'no time to decide',
    { gate: ['approval: {deadline: P0DT0S}'] },
    ['gate.approval.deadline: found "P0DT0S"; expected a length above zero'],
  ],
  [
    'selected labels, by nobody',
    { source: ['labels: selected'] },
    [
      'source.selection: missing; expected a mapping with decision, the column that says who was accepted, because source.labels is selected',
    ],
  ],
  [
    'a selection of complete labels',
    { source: ['labels: complete', 'selection: {decision: accepted}'] },
    ['source.selection: found a mapping with decision; expected nothing, because source.labels is complete'],
  ],
  [
    'a decision that is a feature, the label or both at once',
    { source: selected('decision: origin', 'decidedBy: late', 'probability: late') },
    [
      'source.selection.decision: found "origin"; expected a column that is not a feature: it was decided upon features',
      'source.selection.decidedBy: found "late"; expected a column other than source.label',
      'source.selection.probability: found "late"; expected a column other than source.label',
      'source.selection.probability: found "late"; expected a column of its own for each part of the selection',
    ],
  ],
  [
    'a decision by a name that predictions keep',
    { source: selected('decision: accepted', 'probability: score') },
    [
      'source.selection.probability: found "score"; expected a column of another name (rename it in the query): predictions keep label, weight and score beside it',
    ],
  ],
];

describe('a policy that contradicts itself, the task or the source', () => {
  test.each(contradictory)('%s', async (_what, changes, lines) => {
    expect((await problems(changes)).sort()).toEqual([...lines].sort());
  });
});

describe('a policy that does not', () => {
  test.each<[string, Changes]>([
    ['nothing said', {}],
    ['a yearly budget with a schedule', { gate: ['error: {wrongPromotions: 0.05}'] }],
    [
      'not worse, with margin and reason',
      { gate: ['win: nonInferior', 'margin: 0.01', 'reason: it is cheaper to run'] },
    ],
    [
      'every metric that needs something, with what it needs',
      {
        gate: [
          'primary: expected_cost',
          'cutoff: {score: 0.3}',
          'cost: {falsePositive: 1, falseNegative: distance, trueNegative: -1}',
          'badRate: 0.05',
          'guardrails: [{metric: approval_rate, margin: 0.01}, {metric: log_loss, margin: 2}]',
          'floors: [{metric: roc_auc, limit: 0.6}]',
        ],
      },
    ],
    ['a quantile', { task: 'regression', gate: ['primary: pinball', 'quantile: 0.9', 'minimumGain: 20'] }],
    [
      'slices by features and carried columns, in two metrics',
      {
        source: ['labels: complete', 'carry: [region]'],
        gate: [
          'slices: [{column: region, margin: 0.01, protected: true}, {column: region, metric: log_loss, margin: 0.01}]',
          'search: {columns: [region, origin], margin: 0.01}',
        ],
      },
    ],
    [
      'selected labels by decision, version and probability',
      { source: selected('decision: accepted', 'decidedBy: version', 'probability: chance') },
    ],
    ['a cut-off for the swap set alone', { gate: ['cutoff: {score: 0}'] }],
  ])('%s', async (_what, changes) => {
    expect(await problems(changes)).toEqual([]);
  });
});
