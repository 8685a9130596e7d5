import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { sql } from 'kysely';
import { Client as Postgres } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exitCodes.ts';
import { readDefinitionFolder } from '../../cli/readDefinitionFolder.ts';
import { windowsOf } from '../../gate/windows.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { latestDefinition, models, storeDefinition } from '../../ledger/definitions.ts';
import { type Ledger, openLedger } from '../../ledger/openLedger.ts';
import { warningsOf } from '../../ledger/warnings.ts';
import { connectTemporal } from '../../operations/connectTemporal.ts';
import { DefinitionContent, storeContent } from '../../operations/definitionContent.ts';
import { startWorkflow } from '../../operations/startCycle.ts';
import { osUser } from '../../schemas/actor.ts';
import { type Cycle, cycleId } from '../../schemas/cycle.ts';
import { type ErrorCode, errors } from '../../schemas/errors.ts';
import { Evidence } from '../../schemas/evidence.ts';
import { workerQueue } from '../../schemas/queues.ts';
import type { RetrainRequest, Fault as WaitedFault } from '../../schemas/steps.ts';
import { homeOf, pythonBin } from '../../settings/home.ts';
import type { Settings } from '../../settings/settings.ts';
import { openStore, type Store } from '../../store/openStore.ts';
import { runCommand } from '../cli/runCommand.ts';
import { asking } from '../operations/asking.ts';
import { until } from '../stack/testHome.ts';
import { type Changes, selecting, writeDefinition } from './badInput/definitions.ts';
import { type Asked, type Fault, FaultyProxy } from './badInput/faultyProxy.ts';
import { closing } from './closing.ts';
import { loadLoans, startServers } from './servers.ts';

const asOf = '2024-03-04';
const weekLater = '2024-03-11';

/** Row ids, accounts and texts of the marked loans, as they look wherever they turn up. */
const rowValue = /(?<!\d)900000\d{6}(?!\d)|(?<!\d)7777\d{6}(?!\d)|qz-/;

const open = closing();
const root = mkdtempSync(join(tmpdir(), 'reign-bad-input-'));
let settings: Settings;
let client: Client;
let ledger: Ledger;
let store: Store;
let proxy: FaultyProxy;

beforeAll(async () => {
  proxy = await open(FaultyProxy.start(), (started) => started.stop());
  const stack = await open(
    startServers(['worker', 'trainer'], { environment: { MLFLOW_TRACKING_URI: proxy.url } }),
    (started) => started.stop({ now: true }),
  );
  settings = stack.settings;
  proxy.standBefore(settings.trackerUri);
  store = openStore(settings.store);
  client = await open(connectTemporal(settings.temporal, store), (opened) => opened.connection.close());
  ledger = await open(Promise.resolve(openLedger(settings.ledgerUrl)), (opened) => opened.close());
  await loadLoans(settings);
  await inWarehouse(readFileSync(join(import.meta.dirname, 'badInput', 'marked.sql'), 'utf8'));
}, 240_000);

afterAll(async () => {
  await open.all();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

async function inWarehouse(statements: string): Promise<void> {
  const warehouse = new Postgres({ connectionString: settings.loadingConnections.warehouse });
  await warehouse.connect();
  try {
    await warehouse.query(statements);
  } finally {
    await warehouse.end();
  }
}

const command = (...args: string[]) => runCommand(args, { env: { REIGN_HOME: settings.home }, now: new Date() });

const ask = () => asking({ client, ledger, store });

const apply = (model: string, changes?: Changes) => ask().apply(writeDefinition(root, model, changes));

/** Stores a definition that `apply` would refuse: one that held when it was applied, in an environment that has changed. */
async function storeUnchecked(model: string, changes: Changes): Promise<void> {
  const content = await readDefinitionFolder(writeDefinition(root, model, changes));
  const { definition, pack } = await storeContent(store, DefinitionContent.parse(content));
  await storeDefinition(ledger.db, {
    definition,
    codeHash: pack?.hash ?? null,
    columns: [],
    appliedBy: osUser('test'),
  });
}

const start = (model: string, time = asOf): Promise<string> => ask().start(model, time);

const ended = (id: string): Promise<Cycle> => ask().ended(id);

const retrain = async (model: string, time = asOf): Promise<Cycle> => ended(await start(model, time));

/** How often the activities of a cycle's last workflow were tried, at most. */
async function attemptsOf(id: string): Promise<number> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  return Math.max(0, ...(events ?? []).map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0));
}

/** How many versions a model has, and of each run how it ended and how its cycle did. */
async function inMlflow(model: string): Promise<{ versions: number; runs: string[] }> {
  const ask = async (path: string, body?: object) => {
    const post = body && {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    const response = await fetch(`${settings.trackerUri}/api/2.0/mlflow/${path}`, post);
    return (await response.json()) as Record<string, unknown>;
  };
  const filter = encodeURIComponent(`name='${model}'`);
  const { model_versions: versions = [] } = await ask(`model-versions/search?filter=${filter}`);
  const { experiment } = await ask(`experiments/get-by-name?experiment_name=${model}`);
  const ids = experiment === undefined ? [] : [(experiment as { experiment_id: string }).experiment_id];
  const { runs = [] } = ids.length === 0 ? {} : await ask('runs/search', { experiment_ids: ids });
  type Run = { info: { status: string }; data: { tags: { key: string; value: string }[] } };
  const told = (runs as Run[]).map(({ info, data }) => {
    const outcome = data.tags.find(({ key }) => key === 'reign.status')?.value;
    return `${info.status}, ${outcome}`;
  });
  return { versions: (versions as unknown[]).length, runs: told };
}

describe('apply refuses', () => {
  interface Refused {
    readonly what: string;
    readonly changes: Changes;
    readonly code: ErrorCode;
    readonly says: readonly (string | RegExp)[];
  }
  const label = { classes: ['paid', 'defaulted'], positive: 'defaulted' };
  const windows = { horizon: 'P1D', lag: 'PT0S', train: 'P3W', holdout: 'P2W' };
  const cases: Refused[] = [
    {
      what: 'an unknown field',
      changes: { fields: { lable: label } },
      code: 'DefinitionInvalid',
      says: [/yaml:\d+:\d+/, 'lable', 'label'],
    },
    {
      what: 'a wrong type',
      changes: { fields: { windows: { ...windows, train: 21 } } },
      code: 'DefinitionInvalid',
      says: [/yaml:\d+:\d+ windows\.train/, 'found 21'],
    },
    {
      what: 'a metric of another task',
      changes: { fields: { gate: { primary: 'rmse' } } },
      code: 'DefinitionInvalid',
      says: [/yaml:\d+:\d+ gate\.primary/, 'rmse', 'roc_auc'],
    },
    {
      what: 'a metric that does not exist',
      changes: { fields: { gate: { primary: 'gini' } } },
      code: 'DefinitionInvalid',
      says: [/yaml:\d+:\d+ gate\.primary/, 'gini', 'roc_auc'],
    },
    {
      what: 'a query that does not parse',
      changes: { query: 'select loan_id frm marked' },
      code: 'QueryInvalid',
      says: [/yaml:\d+:\d+/, 'source.query'],
    },
    {
      what: 'two statements',
      changes: { query: `${selecting()}; drop table marked` },
      code: 'QueryInvalid',
      says: [/yaml:\d+:\d+/, 'a second statement'],
    },
    {
      what: 'a query that writes',
      changes: { query: 'delete from marked returning *' },
      code: 'QueryInvalid',
      says: [/yaml:\d+:\d+/, 'one SELECT is expected'],
    },
    {
      what: 'a query that writes in its WITH',
      changes: { query: 'with gone as (delete from marked returning *) select * from gone' },
      code: 'QueryInvalid',
      says: [/yaml:\d+:\d+/, 'one SELECT is expected'],
    },
    {
      what: 'a column that the query does not return',
      changes: { query: 'select loan_id, applied_at, account, income, purpose, outcome from marked' },
      code: 'ColumnMissing',
      says: [/yaml:\d+:\d+/, 'debt'],
    },
    {
      what: 'a pipeline that does not import',
      changes: { pipeline: 'does_not_import.py' },
      code: 'PipelineImport',
      says: ['pipeline.py:3', 'a_package_that_nobody_has'],
    },
    {
      what: 'a pipeline that is no estimator',
      changes: { pipeline: 'returns_no_estimator.py' },
      code: 'PipelineInvalid',
      says: ['build', 'dict'],
    },
  ];

  it('what cannot hold, naming the place, and stores nothing', { timeout: 60_000 }, async () => {
    const refused = await Promise.all(
      cases.map(async ({ changes }, at) => {
        const path = writeDefinition(root, `refused-${at}`, changes);
        const { code, stdout } = await command('apply', path, '--json');
        return { exit: code, ...(JSON.parse(stdout) as { error: { code: string; message: string; advice: string } }) };
      }),
    );
    for (const [at, { what, code, says }] of cases.entries()) {
      expect(refused[at], what).toMatchObject({
        exit: exitCodes.badInput,
        error: { code, advice: errors[code].advice },
      });
      const message = refused[at]?.error.message ?? '';
      for (const part of says) expect(message, what).toMatch(part);
      expect(message, what).not.toMatch(rowValue);
    }
    expect((await models(ledger.db)).filter(({ model }) => model.startsWith('refused-'))).toEqual([]);
  });
});

describe('try ends with 4 and the reason, and leaves nothing', () => {
  it.each<{ what: string; changes: Changes; asOf?: string; code: ErrorCode; traceback?: RegExp }>([
    { what: 'labels NULL', changes: { query: selecting({ outcome: 'null::text' }) }, code: 'LabelMissing' },
    { what: 'before the data', changes: {}, asOf: '2020-01-06', code: 'WindowEmpty' },
    {
      what: 'raises in fit',
      changes: { pipeline: 'raises_in_fit.py' },
      code: 'FitFailed',
      traceback: /pipeline\.py", line \d+, in fit/,
    },
    {
      what: 'raises in predicting',
      changes: { pipeline: 'raises_in_predicting.py' },
      code: 'PredictionsInvalid',
      traceback:
        /pipeline\.py", line \d+, in predict_proba\n {4}raise KeyError.*\nKeyError: 'account 7777\d{6} is not known'/,
    },
  ])('$what', async ({ what, changes, asOf: time = asOf, code, traceback }) => {
    const model = `tried-${what.replaceAll(' ', '-').toLowerCase()}`;
    const path = writeDefinition(root, model, changes);
    const ran = await command('try', path, '--as-of', time, '--json');
    expect(ran.code).toBe(exitCodes.cycleFailed);
    const { error } = ran.json() as { error: { code: string; message: string; traceback?: string[] } };
    expect(error.code).toBe(code);
    expect(error.message).not.toMatch(rowValue);
    if (traceback !== undefined) expect(error.traceback?.join('\n')).toMatch(traceback);
    expect(await latestDefinition(ledger.db, model)).toBeUndefined();
    expect(await inMlflow(model)).toEqual({ versions: 0, runs: [] });
  });
});

describe('a pipeline that warns, and reads a file beside it', () => {
  it('is told of in try and retrain by its lines and without values', { timeout: 120_000 }, async () => {
    const path = writeDefinition(root, 'warns', { pipeline: 'warns.py' });
    writeFileSync(join(dirname(path), 'scale.json'), '{"scale": 0.001}');
    const told = /UserWarning at pipeline\.py:\d+: account … looks unusual among those of this table/;
    const both = [
      expect.stringMatching(new RegExp(`^fit: ${told.source}`)),
      expect.stringMatching(new RegExp(`^predict: ${told.source}`)),
    ];
    const tried = await command('try', path, '--as-of', asOf, '--json');
    expect(tried.json()).toMatchObject({ warnings: expect.arrayContaining(both) });
    await ask().apply(path);
    const cycle = await retrain('warns');
    expect(cycle).toMatchObject({ status: 'promoted', failure: null });
    const warnings = await warningsOf(ledger.db, cycle.id);
    expect(warnings).toEqual(expect.arrayContaining(both));
    expect(warnings.join('\n')).not.toMatch(rowValue);
  });
});

/** MLflow's own words for a name that it does not take. */
const refusal: Fault = {
  status: 400,
  body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid experiment name: refused-name.' },
};
const refusesName = ({ path, body }: Asked) =>
  path.endsWith('/experiments/create') && body.includes('"refused-name"') ? refusal : undefined;

const failsInside: Fault = { status: 500, body: { error_code: 'INTERNAL_ERROR', message: 'broken' } };
const isOverloaded: Fault = { status: 503, body: { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'try later' } };

interface Outage {
  /** The first request that it meets. */
  readonly begins: (asked: Asked) => boolean;
  readonly fault: Fault;
}

/** One after the other, for two seconds each, which is longer than MLflow's own client tries. */
class Outages {
  readonly #ahead: Outage[];
  #since: number | undefined;

  constructor(outages: Outage[]) {
    this.#ahead = [...outages];
  }

  /** How many are not over. */
  get left(): number {
    return this.#ahead.length;
  }

  of(asked: Asked): Fault | undefined {
    if (this.#since !== undefined && Date.now() - this.#since > 2_000) {
      this.#ahead.shift();
      this.#since = undefined;
    }
    const [now] = this.#ahead;
    if (now === undefined) return undefined;
    if (this.#since === undefined && now.begins(asked)) this.#since = Date.now();
    return this.#since === undefined ? undefined : now.fault;
  }
}

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
      says: 'none of the classes paid, defaulted',
    },
    {
      model: 'duplicate-row-id',
      changes: { query: selecting({ loan_id: 'loan_id / 2' }) },
      code: 'RowIdInvalid',
      step: 'extract',
      says: 'has been there before',
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
  }, 120_000);

  // First: as long as this fit waits no other begins.
  it('is fitted again where its process was killed', { timeout: 120_000 }, async () => {
    await until('the fit waits', () => waiting().length > 0, { seconds: 90 });
    const [first = ''] = waiting();
    process.kill(Number(readFileSync(join(first, sign), 'utf8')), 'SIGKILL');
    await until('another fit waits', () => waiting().some((folder) => folder !== first), { seconds: 90 });
    for (const folder of waiting()) writeFileSync(join(folder, 'go on'), '');
    expect(await ended(idOf('child-killed'))).toMatchObject({ status: 'promoted', challenger: 1, attempt: 1 });
    expect(await attemptsOf(idOf('child-killed'))).toBe(2);
    expect(await inMlflow('child-killed')).toEqual({ versions: 1, runs: ['FINISHED, promoted'] });
  });

  it.each(failing)('fails at once: $model', { timeout: 120_000 }, async ({ model, code, step, says }) => {
    const id = idOf(model);
    const cycle = await ended(id);
    const challenger = step === 'score and rehearse' ? 1 : null;
    expect(cycle).toMatchObject({ status: 'failed', challenger, verdict: null, attempt: 1 });
    expect(cycle.failure).toMatchObject({ code, step, advice: errors[code].advice });
    expect(cycle.failure?.message).toMatch(says);
    expect(cycle.failure?.message).not.toMatch(rowValue);
    expect(await attemptsOf(id)).toBe(1);
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

  it('ends with 4 for a script that waits for it', { timeout: 60_000 }, async () => {
    const waited = await command('retrain', 'before-the-data', '--as-of', '2020-01-06', '--wait', '--json');
    expect(waited.code).toBe(exitCodes.cycleFailed);
    expect(waited.json()).toMatchObject({ status: 'failed', attempt: 2, failure: { code: 'WindowEmpty' } });
  });

  it('runs well after those that failed, and two versions of one pipeline each by its own code', {
    timeout: 120_000,
  }, async () => {
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

  it('waits while MLflow is down or fails inside, and then ends well', { timeout: 120_000 }, async () => {
    await apply('outage');
    const outages = new Outages([
      { begins: ({ byTrainer }) => !byTrainer, fault: 'cut' },
      { begins: ({ byTrainer }) => !byTrainer, fault: failsInside },
      { begins: ({ byTrainer, method }) => byTrainer && method !== 'GET', fault: isOverloaded },
      { begins: ({ byTrainer, path }) => byTrainer && path.includes('artifacts'), fault: 'cut' },
    ]);
    proxy.fault = (asked) => outages.of(asked);
    const id = await start('outage');
    await until('MLflow has failed', () => outages.left < 4, { seconds: 60 });
    expect((await command('show', id)).stdout).toContain('running');
    expect(await ended(id)).toMatchObject({ status: 'promoted', attempt: 1, failure: null });
    expect(outages.left).toBe(0);
    expect(await inMlflow('outage')).toEqual({ versions: 1, runs: ['FINISHED, promoted'] });
  });

  it('ends as it was judged where MLflow does not take the evidence, and warns', { timeout: 120_000 }, async () => {
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
});

describe('a fault that lasts', () => {
  const noted: WaitedFault[] = [];
  let asked = 0;
  let wentOn = 0;
  let failsWith: string | null = null;

  beforeAll(async () => {
    const connection = await open(NativeConnection.connect({ address: settings.temporal.address }), (opened) =>
      opened.close(),
    );
    const worker = await Worker.create({
      connection,
      taskQueue: 'outlasting',
      workflowsPath: join(import.meta.dirname, 'badInput', 'outlastingWorkflow.ts'),
      activities: {
        ask: async () => {
          asked += 1;
          if (failsWith !== null) throw ApplicationFailure.create({ type: failsWith, message: 'It is down.' });
          return 'answered';
        },
        waits: async (fault: WaitedFault) => void noted.push(fault),
        goesOn: async () => {
          wentOn += 1;
        },
      },
    });
    const working = worker.run();
    await open(Promise.resolve(worker), async () => {
      worker.shutdown();
      await working;
    });
  }, 60_000);

  const begin = (pauses: number[]) =>
    client.workflow.start('outlastingStep', {
      taskQueue: 'outlasting',
      workflowId: `outlasting.${randomUUID()}`,
      args: [pauses],
    });

  it('is waited for visibly after a burst, and tried again when somebody says so', { timeout: 60_000 }, async () => {
    failsWith = 'SourceUnavailable';
    const handle = await begin([3_600_000]);
    await until('it waits', () => noted.length === 1, { seconds: 30 });
    expect(asked).toBe(3);
    expect(noted[0]).toMatchObject({ step: 'ask', code: 'SourceUnavailable', message: 'It is down.' });
    await handle.signal('retry');
    await until('it waits again', () => noted.length === 2, { seconds: 30 });
    expect([asked, wentOn]).toEqual([4, 0]);
    failsWith = null;
    await handle.signal('retry');
    expect(await handle.result()).toBe('answered');
    expect([asked, wentOn, noted.length]).toEqual([5, 1, 2]);
  });

  it('is tried again by itself, and a defect is not waited for', { timeout: 60_000 }, async () => {
    [asked, failsWith] = [0, 'SourceUnavailable'];
    const waiting = await begin([100, 200]);
    await until('it was tried again', () => asked >= 6, { seconds: 30 });
    failsWith = null;
    expect(await waiting.result()).toBe('answered');
    [asked, failsWith] = [0, 'Internal'];
    await expect((await begin([100])).result()).rejects.toThrow(WorkflowFailedError);
    expect(asked).toBe(3);
  });

  it('ends with a reason where somebody cancels the cycle, and leaves no run that runs', {
    timeout: 120_000,
  }, async () => {
    await apply('given-up');
    proxy.fault = ({ byTrainer }) => (byTrainer ? 'cut' : undefined);
    const id = await start('given-up');
    await until('its run is open', async () => (await inMlflow('given-up')).runs.length === 1, { seconds: 60 });
    const because = 'the warehouse is being moved';
    const { code, stdout } = await command('cancel', id, '--reason', because);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${id}: cancelled. Cancelled by `)]);
    expect(stdout).toContain(because);
    proxy.fault = () => undefined;
    expect(await cycleById(ledger.db, id)).toMatchObject({ status: 'cancelled', waitsFor: null, failure: null });
    await until('MLflow followed', async () => (await inMlflow('given-up')).runs[0] === 'KILLED, cancelled', {
      seconds: 60,
    });
    expect((await command('cancel', id, '--reason', because, '--json')).json()).toMatchObject({
      error: { code: 'UsageInvalid' },
    });
    expect(await retrain('given-up')).toMatchObject({ status: 'promoted', attempt: 2 });
  });

  it('is cancelled in the ledger where no workflow is left', async () => {
    await apply('orphan');
    const stored = await latestDefinition(ledger.db, 'orphan');
    if (stored === undefined) throw new Error('not applied');
    const windows = windowsOf(`${asOf}T00:00:00Z`, stored.definition.windows);
    const key = { model: 'orphan', lineage: 'live', asOf: `${asOf}T00:00:00Z`, definitionVersion: 1 };
    const id = cycleId(key);
    await claimCycle(ledger.db, { id, ...key, trigger: 'manual', windows, attemptToken: 'terminated' });
    expect((await command('retry', id)).code).toBe(exitCodes.badInput);
    expect((await command('cancel', id, '--reason', 'it was terminated')).code).toBe(0);
    expect(await cycleById(ledger.db, id)).toMatchObject({
      status: 'cancelled',
      summary: expect.stringContaining('it was terminated'),
    });
  });
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

describe("no row's value is left behind", () => {
  const tables = ['cycles', 'attempts', 'events', 'snapshots', 'versions', 'judgements', 'promotions'];

  it('in any log of Reign, in the ledger and in any workflow history', { timeout: 60_000 }, async () => {
    // Postgres and what it logs belong to whoever owns the data.
    const logs = homeOf({ REIGN_HOME: settings.home }).logs;
    const names = readdirSync(logs).filter((name) => name !== 'postgres.log');
    expect(names).toEqual(expect.arrayContaining(['mlflow.log', 'trainer.log', 'worker.log']));
    for (const name of names) expectNoRowValue(name, readFileSync(join(logs, name), 'utf8'));
    for (const table of tables) {
      const { rows } = await sql`select * from ${sql.table(`reign.${table}`)}`.execute(ledger.db);
      expectNoRowValue(table, JSON.stringify(rows));
    }
    // What is too large for Temporal lies here.
    const payloads = join(settings.store, 'payloads');
    for (const name of existsSync(payloads) ? readdirSync(payloads) : [])
      expectNoRowValue(name, readFileSync(join(payloads, name), 'utf8'));
    let histories = 0;
    for await (const { workflowId, runId } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      expectNoRowValue(workflowId, textOf(history));
      histories++;
    }
    expect(histories).toBeGreaterThan(30);
  });
});

function expectNoRowValue(where: string, text: string): void {
  const found = rowValue.exec(text);
  expect(found && `${where}: ${text.slice(Math.max(0, found.index - 200), found.index + 100)}`, where).toBeNull();
}

/** All texts of a message from Temporal, those in its payloads too. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('\n');
}

async function evidenceOf({ evidence }: Cycle): Promise<Evidence> {
  if (evidence === null) throw new Error('the cycle has no evidence');
  return Evidence.parse(JSON.parse((await store.readDocument('evidence', evidence)).toString('utf8')));
}

async function compareScores(one?: string | null, other?: string | null) {
  const paths = [one, other].map((hash) => join(settings.store, 'predictions', hash ?? 'none', 'rows.parquet'));
  const script = join(import.meta.dirname, 'badInput', 'compare_scores.py');
  const { stdout } = await promisify(execFile)(join(pythonBin, 'python'), [script, ...paths]);
  return JSON.parse(stdout) as { rows: number; largestDifference: number };
}

describe('another local user', () => {
  it('starts no cycle under a false name: a forged trigger, or an id that is not its own', async () => {
    await apply('forged');
    const when = { asOf: `${asOf}T00:00:00Z`, definitionVersion: 1 };
    const request: RetrainRequest = { model: 'forged', lineage: 'live', ...when, trigger: 'schedule' };
    const run = (workflowId: string, asked: RetrainRequest) =>
      client.workflow.execute('retrain', { workflowId, taskQueue: workerQueue, args: [asked] });
    for (const [workflowId, asked] of [
      [cycleId(request), request],
      ['another-id', { ...request, trigger: 'manual' }],
    ] as const) {
      const failure: unknown = await run(workflowId, asked).catch((error: unknown) => error);
      const { cause } = failure as WorkflowFailedError;
      expect(cause).toMatchObject({ cause: { type: 'RequestForged' } });
    }
    expect(await cycleById(ledger.db, cycleId(request))).toBeUndefined();
  });

  it.skipIf(process.getuid?.() !== 0)('reads no file of the stack and does not get into Postgres', async () => {
    const nobody = { uid: 65_534, gid: 65_534 };
    const readable = async (path: string) => {
      const search = promisify(execFile)('/usr/bin/find', [path, '-type', 'f', '-readable'], nobody);
      // It fails where it may not enter a folder, and has printed by then what it could read.
      const { stdout } = await search.catch((error: unknown) => error as { stdout: string });
      return stdout;
    };
    expect(await readable('/etc/passwd')).toBe('/etc/passwd\n');
    for (const path of ['store', 'temporal', 'mlflow', 'logs', 'cache']) {
      expect(existsSync(join(settings.home, path)), path).toBe(true);
      expect(await readable(join(settings.home, path)), path).toBe('');
    }
    expect(await readable(homeOf({ REIGN_HOME: settings.home }).passwordFile)).toBe('');
    for (const url of [settings.ledgerUrl, settings.connections.warehouse ?? '']) {
      const address = new URL(url);
      for (const user of ['reign', address.username, 'postgres']) {
        const stranger = new Postgres({ host: address.hostname, port: Number(address.port), user, password: 'reign' });
        await expect(stranger.connect(), user).rejects.toThrow('password authentication failed');
      }
    }
  });
});
