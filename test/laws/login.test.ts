import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { examineTracker } from '../../operations/doctor/tracker.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { request } from '../../tracker/request.ts';
import { startMlflow } from '../tracker/startMlflow.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { login, prefix } from './sharedStack.ts';
import { useStack } from './useStack.ts';

// Before this file's turn: others need not wait for it.
const mlflow = await startMlflow({ prefix, password: login.MLFLOW_TRACKING_PASSWORD });
const { open, root, proxy, apply, retrain } = await useStack(prefix);
await open(Promise.resolve(mlflow), (server) => server.stop());
proxy.standBefore(mlflow.uri);

describe('MLflow behind a login and below a path', () => {
  const credentials = { user: login.MLFLOW_TRACKING_USERNAME, password: login.MLFLOW_TRACKING_PASSWORD };
  const model = 'logged-in';

  it('takes a cycle to its end, and doctor finds it healthy', async () => {
    const source = {
      query: 'select loan_id, applied_at, income, debt, purpose, outcome from loans',
      rowId: 'loan_id',
      eventTime: 'applied_at',
      label: 'outcome',
      labels: 'complete',
      features: ['income', 'debt', 'purpose'],
    };
    await apply(writeDefinition(root, model, { fields: { source } }));
    const cycle = await retrain(model, '2024-03-04');
    expect([cycle.status, cycle.failure]).toEqual(['promoted', null]);
    const { model_version: version } = await request(openTracker(mlflow.uri, credentials), {
      method: 'GET',
      path: 'registered-models/alias',
      query: { name: model, alias: 'champion' },
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
