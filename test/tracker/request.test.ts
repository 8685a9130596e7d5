import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { ensureExperiment } from '../../tracker/experiments.ts';
import { openTracker, type Tracker } from '../../tracker/openTracker.ts';
import { getVersion, setAlias } from '../../tracker/registry.ts';

const servers: { close(): void; closeAllConnections(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that goes wrong in a chosen way. */
async function faulty(listener: RequestListener, credentials = {}): Promise<Tracker> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return openTracker(`http://127.0.0.1:${address.port}/`, credentials);
}

const answering = (status: number, body: string) =>
  faulty((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));

test.for([500, 502, 503, 504, 429])('%i is TrackerUnavailable: it passes', async (status) => {
  const tracker = await answering(status, '<html>upstream</html>');
  await expect(ensureExperiment(tracker, 'x')).rejects.toMatchObject({ code: 'TrackerUnavailable' });
});

test.for([400, 401, 403, 404, 422])('%i without MLflow’s error passes: something in front answered', async (status) => {
  for (const body of ['<html>go away</html>', '', '{"error": "invalid_token"}']) {
    const tracker = await answering(status, body);
    await expect(ensureExperiment(tracker, 'x')).rejects.toMatchObject({ code: 'TrackerUnavailable' });
  }
});

test.for([
  ['RESOURCE_DOES_NOT_EXIST', 404, 'TrackerRefused'],
  ['INVALID_PARAMETER_VALUE', 400, 'TrackerRefused'],
  ['PERMISSION_DENIED', 403, 'TrackerUnavailable'],
  ['UNAUTHENTICATED', 401, 'TrackerUnavailable'],
  ['REQUEST_LIMIT_EXCEEDED', 429, 'TrackerUnavailable'],
  ['INTERNAL_ERROR', 500, 'TrackerUnavailable'],
  ['SOMETHING_NEW', 400, 'TrackerUnavailable'],
] as const)('MLflow’s code %s (%i) is %s', async ([errorCode, status, code]) => {
  const tracker = await answering(status, JSON.stringify({ error_code: errorCode, message: 'no' }));
  await expect(setAlias(tracker, 'x', 'champion', 1)).rejects.toMatchObject({ code });
});

test('a login that has expired, and a page to log in at, are said with what to check', async () => {
  const expired = await answering(401, 'Unauthorized');
  await expect(ensureExperiment(expired, 'x')).rejects.toThrow(
    /401.*refuses the login; check MLFLOW_TRACKING_USERNAME/,
  );
  const login = await answering(200, '<html>Please log in</html>');
  const ingress = await faulty((_request, response) =>
    response.writeHead(302, { location: `${login.uri}/login?state=secret` }).end(),
  );
  const refusal = await ensureExperiment(ingress, 'x').catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'TrackerUnavailable' });
  expect(String(refusal)).toContain(`redirects to ${login.uri}`);
  expect(String(refusal)).not.toContain('secret');
});

test('MLflow’s own error code and the first line of its message are kept', async () => {
  const body = { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid name\n[SQL: select secret]' };
  const tracker = await answering(400, JSON.stringify(body));
  const refusal = await ensureExperiment(tracker, 'x').catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'TrackerRefused', errorCode: 'INVALID_PARAMETER_VALUE' });
  expect(String(refusal)).toContain('Invalid name');
  expect(String(refusal)).not.toContain('secret');
});

test('an answer that is not MLflow’s passes', async () => {
  for (const body of ['<html>Please log in</html>', '{}', '{"experiment": {"id": 3}}']) {
    const tracker = await answering(200, body);
    await expect(ensureExperiment(tracker, 'x')).rejects.toMatchObject({
      code: 'TrackerUnavailable',
    });
  }
});

test('nobody listening, a cut connection and no answer in time are TrackerUnavailable', async () => {
  const nobody = await answering(200, '');
  servers.splice(0).forEach((server) => void server.close());
  await expect(ensureExperiment(nobody, 'x')).rejects.toMatchObject({
    code: 'TrackerUnavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  const cut = await faulty((request) => request.socket.destroy());
  await expect(ensureExperiment(cut, 'x')).rejects.toMatchObject({ code: 'TrackerUnavailable' });
  const silent = await faulty(() => {});
  await expect(ensureExperiment({ ...silent, timeout: 50 }, 'x')).rejects.toMatchObject({ code: 'TrackerUnavailable' });
});

test('credentials are given or stand in the address, and are not shown', async () => {
  const seen: (string | undefined)[] = [];
  const listener = (request: IncomingMessage, response: Parameters<RequestListener>[1]) => {
    seen.push(request.headers.authorization);
    response.writeHead(404).end('{"error_code": "RESOURCE_DOES_NOT_EXIST"}');
  };
  const password = { user: 'ada', password: 'pass' };
  const both = await faulty(listener, { ...password, token: 'token' });
  expect(await getVersion(both, 'x', 1)).toBeUndefined();
  await getVersion(await faulty(listener, { token: 'token' }), 'x', 1);
  const inAddress = openTracker(both.uri.replace('://', '://b%40b:p@'), {});
  await getVersion(inAddress, 'x', 1);
  await getVersion(await faulty(listener), 'x', 1);
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(seen).toEqual([basic('ada:pass'), 'Bearer token', basic('b@b:p'), undefined]);
  expect(inAddress.uri).toBe(both.uri);
});

test('an address that cannot be used is SettingInvalid, without being quoted', () => {
  expect(() => openTracker('secret@nowhere', {})).toThrow(expect.objectContaining({ code: 'SettingInvalid' }));
  expect(() => openTracker('sqlite:///mlflow.db', {})).toThrow('http://');
});
