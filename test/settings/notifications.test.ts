import { expect, test } from 'vitest';
import { endpointNamed } from '../../settings/notifications.ts';
import { secret, withEndpoints } from '../notify/receiver.ts';

const ops = { url: 'https://hooks.example.com/reign', secret: { env: 'NOTIFY_SECRET' } };

function read(endpoint: object, more: Record<string, string> = {}) {
  using endpoints = withEndpoints({ ops: { ...ops, ...endpoint } });
  return endpointNamed({ ...endpoints.env, ...more }, 'ops');
}

test('an endpoint with what it refers to', () => {
  const endpoint = read({ url: { env: 'OPS_URL' } }, { OPS_URL: ' https://hooks.slack.com/services/T0/B0/xyz\n' });
  expect({ ...endpoint, url: endpoint.url.href }).toMatchObject({
    url: 'https://hooks.slack.com/services/T0/B0/xyz',
    format: 'slack',
    secrets: [Buffer.from(secret.slice('whsec_'.length), 'base64')],
  });
  expect(read({}).format).toBe('standard');
  expect(read({ secret: [{ env: 'NOTIFY_SECRET' }, { env: 'NOTIFY_SECRET' }] }).secrets).toHaveLength(2);
});

test.each([
  ['a secret in the file itself', { secret }, /endpoints\.ops\.secret: expected \{env: VARIABLE\} or \{file: PATH\}/],
  ['a secret that is not there', { secret: { file: 'none' } }, /ops\.secret: none is not there, or is empty/],
  ['no secret', { secret: undefined }, /ops\.secret: there is none/],
  ['a URL of another kind', { url: 'ftp://hooks.example.com' }, /ops\.url: expected a URL that begins with https:/],
  ['a URL without TLS', { url: 'http://hooks.example.com' }, /ops\.url: http:\/\/ needs `allow`/],
  ['a network that is none', { allow: ['10.0.0.0/33'] }, /ops\.allow\.0: expected an IP address or a network in CIDR/],
  ['a key that is none', { urls: 'x' }, /endpoints\.ops: Unrecognized key: "urls"/],
])('%s is refused', (_, endpoint, message) => {
  expect(() => read(endpoint)).toThrow(message);
  expect(() => read(endpoint)).not.toThrow(secret);
});

test('an endpoint that nobody configured, and a file that is no YAML', () => {
  using endpoints = withEndpoints({ ops });
  expect(() => endpointNamed(endpoints.env, 'opps')).toThrow('; did you mean ops?');
  expect(() => endpointNamed({ ...endpoints.env, REIGN_NOTIFICATIONS: '' }, 'toString')).toThrow('; known: ops');
  using broken = withEndpoints({ ops: 'text' as unknown as object });
  expect(() => endpointNamed(broken.env, 'ops')).toThrow(/endpoints\.ops: /);
});
