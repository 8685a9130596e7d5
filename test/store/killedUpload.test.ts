import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openObjects } from '../../store/openObjects.ts';
import { openStore } from '../../store/openStore.ts';
import { type S3Server, startS3Server } from '../s3Server.ts';

const kinds = ['evidence', 'code'] as const;

let s3: S3Server;
let proxy: Server;
/** Asks of the proxy, and dies at the request that brings the number to zero. */
let client: ChildProcess;
let left: number;
beforeAll(async () => {
  s3 = await startS3Server();
  proxy = createServer((request, response) => void passOn(request, response));
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  proxy?.close().closeAllConnections();
  s3?.stop();
});

/** Whatever is asked for from the deadly request on does not arrive. */
async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request).catch(() => undefined);
  if (body === undefined || left === 0) return;
  if (--left === 0) return void client.kill('SIGKILL');
  const { method, url, headers } = request;
  const answered = ask(s3.endpoint + url, { method, headers });
  answered.end(body);
  const [answer] = (await once(answered, 'response')) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  answer.pipe(response);
}

/** Writes by a process that dies at one of its requests, and gives the signal that ended it. */
async function write(place: string, request: number): Promise<NodeJS.Signals | null> {
  left = request;
  const { port } = proxy.address() as AddressInfo;
  const through = place.replace(s3.endpoint, `http://127.0.0.1:${port}`);
  client = spawn(process.execPath, [join(import.meta.dirname, 'writeDocuments.ts'), through], { stdio: 'inherit' });
  const [code, signal] = (await once(client, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== null) expect(code).toBe(0);
  return signal;
}

/** How many documents can be seen; each is whole. */
async function whatIsThere(place: string): Promise<number> {
  let seen = 0;
  for (const kind of kinds)
    for (const { name } of await openObjects(place).list(kind)) {
      const content = await openStore(place).readDocument(kind, name);
      expect(createHash('sha256').update(content).digest('hex')).toBe(name);
      seen++;
    }
  return seen;
}

test('a process that is killed at any request of an upload leaves no half document, and nothing in the way', async () => {
  const place = await s3.makePlace();
  const seen: number[] = [];
  for (let request = 1; ; request++) {
    // A store each: what one left behind must not hide what the next one leaves.
    const own = place.replace('/prefix', `/${request}`);
    const signal = await write(own, request);
    seen.push(await whatIsThere(own));
    if (signal === null) break;
    expect(signal).toBe('SIGKILL');
  }
  // One request for the small document; a beginning, three parts and the request that completes them for the large one.
  expect(seen).toEqual([0, 1, 1, 1, 1, 1, 2]);
  const [, Bucket = ''] = /^s3:\/\/([^/]+)/.exec(place) ?? [];
  const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads).toHaveLength(4);
  // Whoever comes next finishes one of them.
  const begun = place.replace('/prefix', '/4');
  expect(await write(begun, Number.POSITIVE_INFINITY)).toBeNull();
  expect(await whatIsThere(begun)).toBe(2);
});
