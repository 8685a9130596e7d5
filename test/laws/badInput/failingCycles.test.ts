import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WorkflowFailedError } from '@temporalio/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../cli/exitCodes.ts';
import { currentChampion } from '../../../ledger/champions.ts';
import { cycleById } from '../../../ledger/cycles.ts';
import { warningsOf } from '../../../ledger/warnings.ts';
import { startWorkflow } from '../../../operations/startCycle.ts';
import { cycleId } from '../../../schemas/cycle.ts';
import { type ErrorCode, errors } from '../../../schemas/errors.ts';
import type { RetrainRequest } from '../../../schemas/steps.ts';
import { pythonBin } from '../../../settings/home.ts';
import { until } from '../../stack/testHome.ts';
import { type Changes, selecting } from './definitions.ts';
import type { Asked, Fault } from './faultyProxy.ts';
import { asOf, rowValue, useMarkedLoans } from './markedLoans.ts';

const {
  root,
  store,
  client,
  ledger,
  proxy,
  command,
  apply,
  storeUnchecked,
  start,
  ended,
  retrain,
  evidenceOf,
  inWarehouse,
  retriedAfter,
  inMlflow,
  expectNoRowValues,
} = await useMarkedLoans();

const weekLater = '2024-03-11';

/** MLflow's own words for a name that it does not take. */
const refusal: Fault = {
  status: 400,
  body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid experiment name: refused-name.' },
};
const refusesName = ({ path, body }: Asked) =>
  path.endsWith('/experiments/create') && body.includes('"refused-name"') ? refusal : undefined;

describe('a cycle', () => {
  interface Failing {
    readonly model: string;
    readonly changes?: Changes;
    readonly asOf?: string;
    /** Done after the definition was applied. */
    readonly afterwards?: () => Promise<unknown>;
    readonly isUnchecked?: boolean;
    readonly code: ErrorCode;
    readonly step: string;
    readonly says: string | RegExp;
  }
  const failing: Failing[] = [
    { model: 'before-the-data', asOf: '2020-01-06', code: 'WindowEmpty', step: 'inspect', says: 'has no rows' },
    {
      model: 'one-class',
      changes: { query: selecting({ outcome: "'paid'" }) },
      code: 'OneClass',
      step: 'inspect',
      says: 'only the class paid',
    },
    {
      model: 'labels-null',
      changes: { query: selecting({ outcome: 'null::text' }) },
      code: 'LabelMissing',
      step: 'inspect',
      says: 'outcome is NULL in all of them',
    },
    {
      model: 'other-classes',
      changes: { query: selecting({ outcome: 'other_outcome' }) },
      code: 'ClassUnknown',
      step: 'inspect',
      says: 'expected paid, defaulted',
    },
    {
      model: 'duplicate-row-id',
      changes: { query: selecting({ loan_id: 'loan_id / 2' }) },
      code: 'RowIdInvalid',
      step: 'extract',
      says: 'is a duplicate',
    },
    {
      model: 'null-row-id',
      changes: { query: selecting({ loan_id: 'nullif(loan_id % 100, 7)' }) },
      code: 'RowIdInvalid',
      step: 'extract',
      says: 'is NULL in',
    },
    {
      model: 'fails-on-a-value',
      changes: { query: selecting({ debt: 'purpose::integer' }) },
      code: 'QueryFailed',
      step: 'extract',
      says: '22P02',
    },
    {
      model: 'writes-in-a-function',
      changes: { query: selecting({ debt: "nextval('counted')" }) },
      code: 'QueryFailed',
      step: 'extract',
      says: '25006',
    },
    {
      model: 'infinite-time',
      changes: {
        query: selecting({ debt: "case when loan_id % 9 = 0 then timestamptz 'infinity' else applied_at end" }),
      },
      code: 'ValueOutOfRange',
      step: 'extract',
      says: 'debt',
    },
    {
      model: 'column-gone',
      changes: { query: 'select * from narrowing' },
      afterwards: () => inWarehouse('alter view narrowing rename column debt to owed'),
      code: 'ColumnMissing',
      step: 'plan',
      says: 'debt',
    },
    {
      model: 'does-not-import',
      changes: { pipeline: 'does_not_import.py' },
      isUnchecked: true,
      code: 'PipelineImport',
      step: 'fit',
      says: 'a_package_that_nobody_has',
    },
    {
      model: 'returns-no-estimator',
      changes: { pipeline: 'returns_no_estimator.py' },
      isUnchecked: true,
      code: 'PipelineInvalid',
      step: 'fit',
      says: 'dict',
    },
    {
      model: 'raises-in-fit',
      changes: { pipeline: 'raises_in_fit.py' },
      code: 'FitFailed',
      step: 'fit',
      says: /^ValueError in fit at pipeline\.py:\d+, in Quoting\.$/,
    },
    {
      model: 'wants-memory',
      changes: { pipeline: 'raises_memory_error.py' },
      code: 'OutOfMemory',
      step: 'fit',
      says: 'memory',
    },
    {
      model: 'predicts-nan',
      changes: { pipeline: 'predicts_nan.py' },
      code: 'PredictionsInvalid',
      step: 'fit',
      says: 'NaN',
    },
    {
      model: 'predicts-nan-later',
      changes: { pipeline: 'predicts_nan.py', code: ['ONLY_LATER = False', 'ONLY_LATER = True'] },
      code: 'PredictionsInvalid',
      step: 'score and rehearse',
      says: 'NaN',
    },
    { model: 'refused-name', code: 'TrackerRefused', step: 'fit', says: 'INVALID_PARAMETER_VALUE' },
  ];
  /** How the run in MLflow ends by the step that fails; before `fit` there is none. */
  const runAfter: Record<string, string> = { fit: 'FAILED', 'score and rehearse': 'FINISHED' };
  const ids = new Map<string, string>();
  const idOf = (model: string) => ids.get(model) ?? 'not started';
  const sign = `waits-in-fit-${process.pid}`;
  /** The folders of fits that wait: children may write nowhere else. */
  const waiting = () => {
    const folders = readdirSync(tmpdir()).filter((name) => name.startsWith('reign-child-'));
    return folders.map((name) => join(tmpdir(), name)).filter((folder) => existsSync(join(folder, sign)));
  };

  beforeAll(async () => {
    proxy.fault = refusesName;
    const begin = async (model: string, time?: string) => void ids.set(model, await start(model, time));
    await Promise.all([
      ...failing.map(async ({ model, changes = {}, asOf: time, afterwards, isUnchecked }) => {
        if (isUnchecked) await storeUnchecked(model, changes);
        else await apply(model, changes);
        await afterwards?.();
        await begin(model, time);
      }),
      apply('child-killed', {
        pipeline: 'waits_in_fit.py',
        code: ['"how the sign is called"', JSON.stringify(sign)],
      }).then(() => begin('child-killed')),
      apply('two-codes').then(() => begin('two-codes')),
    ]);
  });

  // First: as long as this fit waits no other begins.
  it('is fitted again where its process was killed', async () => {
    await until('the fit waits', () => waiting().length > 0, { seconds: 200 });
    const [first = ''] = waiting();
    process.kill(Number(readFileSync(join(first, sign), 'utf8')), 'SIGKILL');
    await until('another fit waits', () => waiting().some((folder) => folder !== first), { seconds: 200 });
    for (const folder of waiting()) writeFileSync(join(folder, 'go on'), '');
    expect(await ended(idOf('child-killed'))).toMatchObject({ status: 'promoted', challenger: 1, attempt: 1 });
    expect(await retriedAfter(idOf('child-killed'))).toContain('ChildDied');
    expect(await inMlflow('child-killed')).toEqual({ versions: 1, runs: ['FINISHED, promoted'] });
  });

  it.each(failing)('fails at once: $model', async ({ model, code, step, says }) => {
    const id = idOf(model);
    const cycle = await ended(id);
    const challenger = step === 'score and rehearse' ? 1 : null;
    expect(cycle).toMatchObject({ status: 'failed', challenger, verdict: null, attempt: 1 });
    expect(cycle.failure).toMatchObject({ code, step, advice: errors[code].advice });
    expect(cycle.failure?.message).toMatch(says);
    expect(cycle.failure?.message).not.toMatch(rowValue);
    expect(await retriedAfter(id)).not.toContain(code);
    expect(await currentChampion(ledger.db, model, 'live')).toBeUndefined();

    const shown = await command('show', id);
    expect(shown.code).toBe(0);
    for (const part of [`failed at ${step}: ${code}`, cycle.failure?.message ?? '', errors[code].advice])
      expect(shown.stdout).toContain(part);
    const { versions, runs } = await inMlflow(model);
    const run = code === 'TrackerRefused' ? undefined : runAfter[step];
    expect(runs).toEqual(run === undefined ? [] : [`${run}, failed`]);
    expect(versions).toBe(challenger ?? 0);
    // The whole traceback quotes the row: it stays in the store.
    const traceback = cycle.failure?.traceback ?? null;
    expect(traceback === null).toBe(!['FitFailed', 'PipelineImport'].includes(code));
    if (code === 'FitFailed' && traceback !== null)
      expect((await store.readDocument('tracebacks', traceback)).toString('utf8')).toMatch(rowValue);
  });

  it('ends with 4 for a script that waits for it', async () => {
    const waited = await command('retrain', 'before-the-data', '--as-of', '2020-01-06', '--wait', '--json');
    expect(waited.code).toBe(exitCodes.cycleFailed);
    expect(waited.json()).toMatchObject({ status: 'failed', attempt: 2, failure: { code: 'WindowEmpty' } });
  });

  it('runs well after those that failed, and two versions of one pipeline each by its own code', async () => {
    const first = await ended(idOf('two-codes'));
    expect(first).toMatchObject({ status: 'promoted', challenger: 1 });
    proxy.fault = () => undefined;
    const [corrected, again, second] = await Promise.all([
      apply('raises-in-fit').then(() => retrain('raises-in-fit')),
      retrain('refused-name'),
      apply('two-codes', { code: ['SCALE = 1.0', 'SCALE = 0.01'] }).then(() => retrain('two-codes', weekLater)),
    ]);
    // A corrected definition is a new version with a cycle of its own; the same one a new attempt.
    expect(corrected).toMatchObject({ status: 'promoted', challenger: 1, definitionVersion: 2, attempt: 1 });
    expect(again).toMatchObject({ status: 'promoted', challenger: 1, definitionVersion: 1, attempt: 2, failure: null });
    expect(await inMlflow('refused-name')).toEqual({ versions: 1, runs: ['FINISHED, promoted'] });

    expect(second).toMatchObject({ challenger: 2, champion: 1, definitionVersion: 2, failure: null });
    const alone = await evidenceOf(first);
    const both = await evidenceOf(second);
    expect(both.champion).toMatchObject({ unscorable: null, definitionVersion: 1 });
    expect(both.champion?.codeHash).not.toBe(both.challenger.codeHash);
    // A week lies in both holdouts: the champion answers there as it did when no other code was there.
    const asBefore = await compareScores(alone.challenger.predictions, both.champion?.predictions);
    expect(asBefore).toEqual({ rows: expect.any(Number), largestDifference: 0 });
    expect(asBefore.rows).toBeGreaterThan(1000);
    const apart = await compareScores(both.challenger.predictions, both.champion?.predictions);
    expect(apart.rows).toBe(second.rows.holdout);
    expect(apart.largestDifference).toBeGreaterThan(0.1);
    expect(both.rehearsal).toMatchObject({ mismatches: 0, rows: 1000 });
  });
});

it('a cycle ends as it was judged where MLflow does not take the evidence, and warns', async () => {
  await apply('not-shown');
  proxy.fault = ({ byTrainer, path, body }) =>
    byTrainer && path.endsWith('/runs/log-batch') && body.includes('"reign.evidence"') ? refusal : undefined;
  const cycle = await retrain('not-shown');
  proxy.fault = () => undefined;
  expect(cycle).toMatchObject({ status: 'promoted', verdict: 'promote', attempt: 1, failure: null });
  expect((await warningsOf(ledger.db, cycle.id)).join()).toContain('MLflow does not show the evidence: ');
  expect((await currentChampion(ledger.db, 'not-shown', 'live'))?.version).toBe(1);
  expect(await inMlflow('not-shown')).toEqual({ versions: 1, runs: ['FINISHED, promoted'] });
});

describe('an asOf or a model that cannot be', () => {
  it.each<[what: string, args: string[], code: ErrorCode]>([
    ['in the future', ['two-codes', '--as-of', '2999-01-01'], 'AsOfInFuture'],
    ["before the champion's", ['two-codes', '--as-of', '2024-02-26'], 'AsOfBeforeChampion'],
    ['no day', ['two-codes', '--as-of', '2024-02-30'], 'AsOfInvalid'],
    ['never applied', ['two-coeds', '--as-of', asOf], 'ModelUnknown'],
  ])('is refused by retrain: %s', async (_, args, code) => {
    const { code: exit, json } = await command('retrain', ...args, '--wait', '--json');
    expect(exit).toBe(exitCodes.badInput);
    expect(json()).toMatchObject({ error: { code, advice: errors[code].advice } });
  });

  const request = (changes: Partial<RetrainRequest>): RetrainRequest => ({
    model: 'two-codes',
    lineage: 'live',
    asOf: '2024-02-26T00:00:00Z',
    definitionVersion: 2,
    trigger: 'manual',
    ...changes,
  });

  it.each<[what: string, changes: Partial<RetrainRequest>, code: ErrorCode]>([
    ['in the future', { asOf: '2999-01-01T00:00:00Z' }, 'AsOfInFuture'],
    ['never applied', { model: 'nobody' }, 'ModelUnknown'],
  ])('is refused by the workflow, whoever starts it: %s', async (_, changes, code) => {
    const asked = request(changes);
    await startWorkflow(client, asked);
    const result = client.workflow.getHandle(cycleId(asked)).result();
    await expect(result).rejects.toThrow(WorkflowFailedError);
    await expect(ended(cycleId(asked))).rejects.toMatchObject({ code });
    expect(await cycleById(ledger.db, cycleId(asked))).toBeUndefined();
  });

  it("is superseded in the workflow where it lies before the champion's", async () => {
    const asked = request({});
    const champion = await currentChampion(ledger.db, 'two-codes', 'live');
    await startWorkflow(client, asked);
    expect(await ended(cycleId(asked))).toMatchObject({ status: 'superseded', challenger: null });
    expect(await currentChampion(ledger.db, 'two-codes', 'live')).toEqual(champion);
  });
});

async function compareScores(one?: string | null, other?: string | null) {
  const paths = [join(root, 'one.parquet'), join(root, 'other.parquet')] as const;
  await writeFile(paths[0], store.readRows('predictions', one ?? 'none'));
  await writeFile(paths[1], store.readRows('predictions', other ?? 'none'));
  const script = join(import.meta.dirname, 'compare_scores.py');
  const { stdout } = await promisify(execFile)(join(pythonBin, 'python'), [script, ...paths]);
  return JSON.parse(stdout) as { rows: number; largestDifference: number };
}

it("no row's value is left behind in any log of Reign, in the ledger and in any workflow history", async () => {
  expect(await expectNoRowValues()).toBeGreaterThan(20);
});
