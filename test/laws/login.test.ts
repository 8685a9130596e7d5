import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLedger } from '../../ledger/openLedger.ts';
import { connectTemporal } from '../../operations/connectTemporal.ts';
import { examineTracker } from '../../operations/doctor/tracker.ts';
import { openStore } from '../../store/openStore.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { request } from '../../tracker/request.ts';
import { asking } from '../operations/asking.ts';
import { startMlflow, type TestMlflow } from '../tracker/startMlflow.ts';
import { closing } from './closing.ts';
import { loadLoans, loansFolder, startServers } from './servers.ts';

const python = join(import.meta.dirname, '../../.reign/python/bin/python');
/** MLflow's own login needs a package that Reign does not. */
const canAskForLogin = spawnSync(python, ['-c', 'import flask_wtf']).status === 0;

describe.skipIf(!canAskForLogin)('MLflow behind a login and below a path (needs flask-wtf beside the server)', () => {
  const open = closing();
  const login = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: 'a long password 1' };
  const credentials = { user: login.MLFLOW_TRACKING_USERNAME, password: login.MLFLOW_TRACKING_PASSWORD };
  let mlflow: TestMlflow;

  beforeAll(async () => {
    const started = startMlflow({ prefix: '/ml', password: login.MLFLOW_TRACKING_PASSWORD });
    mlflow = await open(started, (server) => server.stop());
  });

  afterAll(() => open.all());

  it('takes a cycle to its end, and doctor finds it healthy', { timeout: 400_000 }, async () => {
    const given = { MLFLOW_TRACKING_URI: mlflow.uri };
    const { settings } = await open(
      startServers(['worker', 'trainer'], { environment: login, prepare: async () => given }),
      (stack) => stack.stop({ now: true }),
    );
    const store = openStore(settings.store);
    const client = await open(connectTemporal(settings.temporal, store), (opened) => opened.connection.close());
    const ledger = await open(Promise.resolve(openLedger(settings.ledgerUrl)), (opened) => opened.close());
    await loadLoans(settings);
    const ask = asking({ client, ledger, store });
    await ask.apply(join(loansFolder, 'loans.yaml'));
    const cycle = await ask.retrain('loans', '2024-03-04');
    expect([cycle.status, cycle.failure]).toEqual(['promoted', null]);
    const { model_version: version } = await request(openTracker(mlflow.uri, credentials), {
      method: 'GET',
      path: 'registered-models/alias',
      query: { name: 'loans', alias: 'champion' },
      answer: z.object({ model_version: z.object({ version: z.string() }) }),
    });
    expect(version.version).toBe('1');
    expect(await examineTracker(mlflow.uri, credentials)).toMatchObject({ status: 'ok' });
  });

  it('says that the login was refused where the password is wrong', async () => {
    const found = await examineTracker(mlflow.uri, { ...credentials, password: 'another one' });
    expect(found).toMatchObject({ status: 'problem', found: expect.stringContaining('refuses the login') });
  });
});
