import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById, cyclesOf } from '../../ledger/cycles.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import { challengeOperation } from '../../operations/challenge.ts';
import { perform } from '../../operations/operation.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { ReignError } from '../../schemas/errors.ts';
import { Evidence } from '../../schemas/evidence.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { getAlias, getVersion } from '../../tracker/registry.ts';
import { championAlias } from '../../tracker/tags.ts';
import { asking } from '../operations/asking.ts';
import { s3Credentials } from '../s3Server.ts';
import { storesAreInS3 } from '../storePlace.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, settings, store, client, ledger, command, apply, retrain, ended, evidenceOf } = await useStack();
const { context } = asking({ client, ledger, store });
const tracker = openTracker(settings.trackerUri);

const projectRoot = join(import.meta.dirname, '../..');
const model = 'challenged';
const from = '2024-01-20';
const to = '2024-02-10';
const trainedOn = `${from}/${to}`;
const reason = 'a test of a notebook';
/** For what happens soon, on a busy machine too. */
const patiently = { timeout: 60_000 };

const source = {
  query: 'select loan_id, applied_at, income, debt, purpose, outcome from loans',
  rowId: 'loan_id',
  eventTime: 'applied_at',
  label: 'outcome',
  labels: 'complete',
  features: ['income', 'debt', 'purpose'],
};

/** The rows that a data scientist has taken from the warehouse, as CSV. */
async function rows(): Promise<string> {
  const warehouse = new Client({ connectionString: settings.loadingConnections.warehouse });
  await warehouse.connect();
  try {
    const { rows: found } = await warehouse.query<Record<string, unknown>>(
      `select income, debt, coalesce(purpose, '') as purpose, outcome from loans where applied_at >= $1 and applied_at < $2`,
      [from, to],
    );
    return ['income,debt,purpose,outcome', ...found.map((row) => Object.values(row).join(','))].join('\n');
  } finally {
    await warehouse.end();
  }
}

/** MLflow imports every logged model once more to find out what it requires: half a minute on a busy machine. */
const quickly = { MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT: '1' };

/** Runs a program of a data scientist. Gives the last line that it prints, as JSON. */
async function python<Answer>(program: string, argument: string, env: object, input = ''): Promise<Answer> {
  const running = spawn(
    join(projectRoot, '.reign/python/bin/python'),
    [join(import.meta.dirname, 'challenge', program), argument],
    {
      env: {
        PATH: process.env.PATH,
        MLFLOW_TRACKING_URI: settings.trackerUri,
        OMP_NUM_THREADS: '1',
        ...quickly,
        ...(storesAreInS3 ? s3Credentials : {}),
        ...env,
      },
    },
  );
  running.stdin.end(input);
  const [out, problems] = [text(running.stdout), text(running.stderr)];
  const [code] = (await once(running, 'close')) as [number];
  if (code !== 0) throw new Error(await problems);
  return JSON.parse((await out).trim().split('\n').at(-1) ?? '') as Answer;
}

await apply(writeDefinition(root, model, { fields: { source } }));
const registered = await python<Readonly<Record<string, number>>>('register.py', model, {}, await rows());
const version = (name: string): number => registered[name] ?? Number.NaN;

const challenge = (name: string, asked: object = {}) =>
  perform(challengeOperation, context, {
    model,
    version: version(name),
    reason,
    asOf: '2024-03-04',
    wait: true,
    ...asked,
  });

const refused = async (name: string, asked: object = {}) => {
  const error = (await challenge(name, asked).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )) as ReignError | undefined;
  return [error?.code, error?.message];
};

/** The evidence of a cycle that may still ask a person. */
async function judgedBy(cycle: string): Promise<Evidence> {
  const evidence = (await judgementsOf(ledger.db, cycle)).at(-1)?.evidence ?? '';
  return Evidence.parse(JSON.parse((await store.readDocument('evidence', evidence)).toString('utf8')));
}

describe('a version that a person registered', () => {
  it.each([
    ['otherColumns', 'VersionUnfit', /needs age, which the query of challenged does not give/],
    ['otherKind', 'VersionUnfit', /takes purpose as double, and the query of challenged gives a string/],
    ['otherTask', 'VersionUnfit', /is a regressor, and the task of challenged is binary/],
    [
      'otherClasses',
      'VersionUnfit',
      /tells 2 classes apart, and 0 of them are among the 2 of challenged: paid, defaulted/,
    ],
    ['noSignature', 'VersionUnfit', /has no signature/],
    ['unloadable', 'VersionUnloadable', /cannot be loaded: ModuleNotFoundError \(the module gone_with_the_notebook\)/],
  ])('is refused: %s', async (name, code, message) => {
    expect(await refused(name)).toEqual([code, expect.stringMatching(message)]);
  });

  it('leaves nothing in the ledger where it is refused', async () => {
    expect(await cyclesOf(ledger.db, model)).toEqual([]);
    expect(await ledger.db.selectFrom('versions').select('id').where('model', '=', model).execute()).toEqual([]);
  });

  it('is refused where MLflow does not have it, or the request makes no sense', async () => {
    const unknown = perform(challengeOperation, context, { model, version: 999, reason });
    await expect(unknown).rejects.toMatchObject({ code: 'ChallengeRefused', message: /MLflow has no version 999/ });
    expect(await refused('good', { now: true })).toEqual([
      'ChallengeRefused',
      expect.stringContaining('--now and --as-of'),
    ]);
    expect(await refused('good', { trainedOn: 'January' })).toEqual([
      'ChallengeRefused',
      expect.stringContaining('"January"'),
    ]);
    expect(await refused('good', { trainedOn: '2024-01-20/2999-01-01' })).toEqual([
      'ChallengeRefused',
      expect.stringMatching(/ends on 2999-01-01.*after version/),
    ]);
  });

  it('waits until rows that nobody can have chosen it by have matured', async () => {
    const started = await challenge('good', { asOf: undefined, wait: false, trainedOn });
    expect(started).toMatchObject({
      status: 'waiting',
      waitsFor: 'data',
      kind: 'challenge',
      challenger: version('good'),
    });
    // Horizon, lag and holdout of the definition: 15 days.
    const days = (Date.parse(started.asOf) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(14.9);
    expect(days).toBeLessThan(15);
    const waiting = (await command('waiting', '--json')).json() as { cycles: Cycle[] };
    expect(waiting.cycles.find(({ id }) => id === started.id)?.summary).toContain(`Waits until ${started.asOf}`);
    expect((await challenge('good', { asOf: undefined })).id).toBe(started.id);
    expect(await refused('good', { asOf: '2024-03-04' })).toEqual([
      'ChallengeRefused',
      expect.stringContaining(`has a challenge that has not ended: ${started.id}`),
    ]);
    const told = (await command('waiting', '--model', model)).stdout;
    expect(told).toMatch(/rows +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +20/);
    const again = await command('challenge', model, '--version', `${version('good')}`, '--reason', reason);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(`Waits until ${started.asOf}`)]);

    const { code } = await command('cancel', started.id, '--reason', 'seen enough');
    expect(code).toBe(0);
    await expect
      .poll(() => cycleById(ledger.db, started.id), patiently)
      .toMatchObject({ status: 'cancelled', challenger: version('good') });
  });

  it('is refused where the holdout begins before its training ends, and says when it can be judged', async () => {
    expect(await refused('good', { asOf: '2024-02-20' })).toEqual([
      'ChallengeRefused',
      expect.stringMatching(
        /fitted on rows until 2024-02-10.*holdout for 2024-02-20.*whose holdout begins later is 2024-02-25/,
      ),
    ]);
  });

  it('fails its cycle where a cast to its signature would lose something', async () => {
    const cycle = await challenge('whole', { trainedOn });
    expect(cycle).toMatchObject({ status: 'failed', failure: { code: 'VersionUnfit' } });
    expect(cycle.failure?.message).toMatch(
      /takes income as long, and \d+ of the rows hold a value that long cannot hold/,
    );
  });
});

describe('an incumbent that was fitted outside', () => {
  it('is crowned where nobody reigns, once a person confirms it', async () => {
    const asked = await challenge('incumbent', { trainedOn });
    expect(asked).toMatchObject({ status: 'waiting', waitsFor: 'person' });
    const shown = await command('show', asked.id);
    expect(shown.stdout).toContain('the holdout begins on 2024-02-18, and the challenger was registered on');
    await command('approve', asked.id, '--reason', 'it serves today');
    expect(await ended(asked.id)).toMatchObject({ status: 'promoted', verdict: 'review', champion: null });

    const champion = await currentChampion(ledger.db, model, 'live');
    expect(champion).toMatchObject({
      version: version('incumbent'),
      asOf: '2024-03-04T00:00:00Z',
      trainSnapshot: null,
    });
    await expect.poll(() => getAlias(tracker, model, championAlias), patiently).toBe(version('incumbent'));
    await expect
      .poll(async () => (await getVersion(tracker, model, version('incumbent')))?.tags, patiently)
      .toMatchObject({ 'reign.challenge': asked.id, 'reign.status': 'promoted', 'reign.verdict': 'review' });
    const evidence = await judgedBy(asked.id);
    expect(evidence.challenger).toMatchObject({
      ...{ cycle: `${model}.registered.${version('incumbent')}`, trainSnapshot: null, fittedOnJudgedRows: 0 },
      trainWindow: { from: '2024-01-20T00:00:00Z', to: '2024-02-10T00:00:00Z' },
    });
    expect(evidence.rehearsal).toMatchObject({ rows: 1000, mismatches: 0 });
  });

  it('is asked once: the same request shows its result, and it is no challenger of itself', async () => {
    expect(await refused('incumbent')).toEqual([
      'ChallengeRefused',
      expect.stringContaining('is the champion already'),
    ]);
  });

  it('is beaten by a challenger that a cycle fits', async () => {
    const cycle = await retrain(model, '2024-04-01');
    expect(cycle).toMatchObject({ status: 'promoted', champion: version('incumbent') });
    expect((await evidenceOf(cycle)).champion).toMatchObject({
      ...{ cycle: `${model}.registered.${version('incumbent')}`, fittedOnJudgedRows: 0, unscorable: null },
    });
    const { stdout } = await command('history', model);
    expect(stdout).toContain(`v${version('incumbent')}`);
  });

  it('is verified, with the cycle that beat it', async () => {
    const verified = await command('verify', '--all', model);
    expect([verified.code, verified.stdout]).toEqual([0, expect.not.stringContaining('differs')]);
  });
});

describe('a version of which nobody knows what it was fitted on', () => {
  it('is promoted by a person at best, and the report says why', async () => {
    const cycle = await challenge('unknown', { asOf: '2024-05-06' });
    expect(cycle.verdict).not.toBe('promote');
    const { stdout } = await command('show', cycle.id);
    expect(stdout).toContain('✗ known-training: MLflow does not say which rows the challenger was fitted on');
    expect(stdout).toMatch(/train +outside of Reign; nobody knows on which rows/);
    expect((await evidenceOf(cycle)).challenger).toMatchObject({ trainWindow: null, fittedOnJudgedRows: null });
  });
});

describe('a version that a cycle fitted', () => {
  it('is refused, with what to do instead', async () => {
    const [fitted] = (await cyclesOf(ledger.db, model)).filter(({ kind }) => kind === 'retrain');
    const again = perform(challengeOperation, context, { model, version: fitted?.challenger ?? 0, reason });
    await expect(again).rejects.toMatchObject({ code: 'ChallengeRefused' });
  });
});

describe('the example notebook', () => {
  it('loads the rows of a cycle, measures, registers and challenges', async () => {
    const found = await python<{
      readonly columns: string[];
      readonly train: [number, string, string];
      readonly holdout: [number, string, string];
      readonly snapshot: string;
      readonly verdict: string;
      readonly difference: number;
      readonly pictures: string[];
      readonly version: number;
      readonly cycle: Cycle;
    }>('execute.py', join(projectRoot, 'examples/notebook/challenge.ipynb'), {
      ...{ PYTHONPATH: join(projectRoot, 'trainer'), REIGN_HOME: settings.home, HOME: root },
      REIGN_COMMAND: `${process.execPath} ${join(projectRoot, 'cli/reign.ts')}`,
      ...{ EXAMPLE_MODEL: model, EXAMPLE_AS_OF: '2024-06-03' },
    });
    expect(found.columns).toEqual(['income', 'debt', 'purpose']);
    expect(found.train.slice(1)).toEqual(['2024-04-27T00:00:00Z', '2024-05-18T00:00:00Z']);
    expect(found.holdout.slice(1)).toEqual(['2024-05-19T00:00:00Z', '2024-06-02T00:00:00Z']);
    expect(found.pictures).toContain('differences');

    const { cycle } = found;
    expect(cycle).toMatchObject({ kind: 'challenge', challenger: found.version, asOf: '2024-06-03T00:00:00Z' });
    const judged = await judgedBy(cycle.id);
    // Its run in MLflow says which rows it was fitted on: they are known one by one.
    expect(judged.challenger).toMatchObject({ trainSnapshot: found.snapshot, fittedOnJudgedRows: 0 });
    expect(judged.challenger.trainWindow).toEqual({ from: found.train[1], to: found.train[2] });
    // `reign.measure` saw the same rows. The cycle leaves out those that chose the champion: there were none.
    expect(judged.metrics.roc_auc?.difference?.estimate).toBeCloseTo(found.difference, 10);
    // The file leaves no cycle behind that waits.
    if (cycle.status === 'waiting') await command('reject', cycle.id, '--reason', 'an example');
    await ended(cycle.id);
  });
});
