import { expect, test } from 'vitest';
import { signedHeaders } from '../../notify/sign.ts';

const bytesOf = (secret: string) => Buffer.from(secret, 'base64');

test('the signature is that of the example in Standard Webhooks', () => {
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
  const headers = signedHeaders(message, [bytesOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')]);
  expect(headers).toMatchObject({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('while a secret is replaced both sign, and the key ids say which', () => {
  const message = { id: 'msg_1', timestamp: 1, body: '{}' };
  const [old, next] = [bytesOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), bytesOf('C2FVsBQIhrscChlQIMV+b5sSYspob7oD')];
  const [first, second, both] = [[old], [next], [old, next]].map((secrets) => signedHeaders(message, secrets));
  for (const name of ['webhook-signature', 'reign-key-id'])
    expect(both?.[name]).toBe(`${first?.[name]} ${second?.[name]}`);
  expect(first?.['reign-key-id']).not.toBe(second?.['reign-key-id']);
});
