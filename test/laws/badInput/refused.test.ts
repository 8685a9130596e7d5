import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { WorkflowFailedError } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../cli/exitCodes.ts';
import { cycleById } from '../../../ledger/cycles.ts';
import { latestDefinition, models } from '../../../ledger/definitions.ts';
import { warningsOf } from '../../../ledger/warnings.ts';
import { cycleId } from '../../../schemas/cycle.ts';
import { type ErrorCode, errors } from '../../../schemas/errors.ts';
import { workerQueue } from '../../../schemas/queues.ts';
import type { RetrainRequest } from '../../../schemas/steps.ts';
import { homeOf } from '../../../settings/home.ts';
import { storesAreInS3 } from '../../storePlace.ts';
import { type Changes, selecting, writeDefinition } from './definitions.ts';
import { asOf, rowValue, useMarkedLoans } from './markedLoans.ts';

const { root, settings, applyFile, client, ledger, command, apply, retrain, inMlflow } = await useMarkedLoans();

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
      says: [/yaml:\d+:\d+/, 'expected one SELECT'],
    },
    {
      what: 'a query that writes in its WITH',
      changes: { query: 'with gone as (delete from marked returning *) select * from gone' },
      code: 'QueryInvalid',
      says: [/yaml:\d+:\d+/, 'expected one SELECT'],
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

  it('what cannot hold, naming the place, and stores nothing', async () => {
    const refused = await Promise.all(
      cases.map(async ({ changes }, at) => {
        const path = writeDefinition(root, `turned-down-${at}`, changes);
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
    expect((await models(ledger.db)).filter(({ model }) => model.startsWith('turned-down-'))).toEqual([]);
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
    const { error } = ran.json() as {
      error: { code: string; message: string; values: Record<string, unknown>; traceback?: string[] };
    };
    // Programs read the situation, not the message.
    expect(error).toMatchObject({ code, situation: expect.any(String) });
    expect(error.message).not.toMatch(rowValue);
    expect(JSON.stringify(error.values)).not.toMatch(rowValue);
    if (traceback !== undefined) expect(error.traceback?.join('\n')).toMatch(traceback);
    expect(await latestDefinition(ledger.db, model)).toBeUndefined();
    expect(await inMlflow(model)).toEqual({ versions: 0, runs: [] });
  });
});

describe('a pipeline that warns, and reads a file beside it', () => {
  it('is told of in try and retrain by its lines and without values', async () => {
    const path = writeDefinition(root, 'warns', { pipeline: 'warns.py' });
    writeFileSync(join(dirname(path), 'scale.json'), '{"scale": 0.001}');
    const told = /UserWarning at pipeline\.py:\d+: account … looks unusual among those of this table/;
    const both = [
      expect.stringMatching(new RegExp(`^fit: ${told.source}`)),
      expect.stringMatching(new RegExp(`^predict: ${told.source}`)),
    ];
    const tried = await command('try', path, '--as-of', asOf, '--json');
    expect(tried.json()).toMatchObject({ warnings: expect.arrayContaining(both) });
    await applyFile(path);
    const cycle = await retrain('warns');
    expect(cycle).toMatchObject({ status: 'promoted', failure: null });
    const warnings = await warningsOf(ledger.db, cycle.id);
    expect(warnings).toEqual(expect.arrayContaining(both));
    expect(warnings.join('\n')).not.toMatch(rowValue);
  });
});

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
    for (const path of [...(storesAreInS3 ? [] : ['store']), 'temporal', 'mlflow', 'logs', 'cache']) {
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
