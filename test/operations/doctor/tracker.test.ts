import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { examineTracker } from '../../../operations/doctor/tracker.ts';

/** An MLflow server below a path and behind a login, as far as doctor asks it. */
async function guarded(login: string): Promise<string> {
  const expected = `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== expected)
      return void response.writeHead(401).end('You are not authenticated.');
    if (request.url !== '/ml/version') return void response.writeHead(404).end();
    response.end('3.17.0');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/ml`;
}

test('MLflow is asked with the login that everything else uses, below its path', async () => {
  const uri = await guarded('ada:secret');
  const login = { user: 'ada', password: 'secret' };
  expect(await examineTracker(uri, login)).toMatchObject({ status: 'ok', found: `${uri}, version 3.17.0` });
  const without = await examineTracker(uri, {});
  expect(without).toMatchObject({ status: 'problem', found: expect.stringContaining('401') });
  expect(without.advice).toContain('MLFLOW_TRACKING_USERNAME');
  const wrong = await examineTracker(uri, { ...login, password: 'other' });
  expect(wrong.status).toBe('problem');
  expect(JSON.stringify(wrong)).not.toContain('other');
});
