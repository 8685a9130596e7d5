import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { post } from '../../notify/post.ts';
import { withReceiver } from './receiver.ts';

const allowed = new BlockList();
allowed.addSubnet('127.0.0.0', 8, 'ipv4');
const to = (port: number) => ({ url: new URL(`http://127.0.0.1:${port}/hook/private`), allowed });

test('a receiver that never answers is left after the given time', async () => {
  await using receiver = await withReceiver(() => {});
  expect(await post(to(receiver.port), {}, '{}', { patience: 300 })).toEqual({
    delivered: false,
    reason: '127.0.0.1 did not answer within 0.3 seconds',
  });
});

test('an answer without end is cut off: the status counts', async () => {
  let sent = 0;
  await using receiver = await withReceiver((response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    };
    response.on('drain', more);
    more();
  });
  expect(await post(to(receiver.port), {}, '{}')).toEqual({ delivered: true });
  expect(sent).toBeLessThan(50_000_000);
});

test('the status of an answer whose body hangs counts', async () => {
  await using receiver = await withReceiver((response) => response.writeHead(200).write('{'));
  expect(await post(to(receiver.port), {}, '{}')).toEqual({ delivered: true });
});

test('a receiver that is not there', async () => {
  const receiver = await withReceiver();
  await receiver[Symbol.asyncDispose]();
  expect(await post(to(receiver.port), {}, '{}')).toEqual({
    delivered: false,
    reason: '127.0.0.1 cannot be reached (ECONNREFUSED)',
  });
});

test('a worker that stops waits for no receiver', async () => {
  const stopped = new AbortController();
  await using receiver = await withReceiver(() => stopped.abort());
  expect(await post(to(receiver.port), {}, '{}', { stopped: stopped.signal })).toEqual({
    delivered: false,
    reason: 'the worker was stopped',
  });
});
