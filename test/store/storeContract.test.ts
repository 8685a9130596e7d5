import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pythonBin } from '../../settings/home.ts';
import type { Objects } from '../../store/objects.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore, type Store } from '../../store/openStore.ts';
import { parsePlace } from '../../store/place.ts';
import { type S3Server, startS3Server } from '../s3Server.ts';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

let server: S3Server;
let folder: string;
beforeAll(async () => {
  server = await startS3Server();
  folder = mkdtempSync(join(tmpdir(), 'reign-test-store-'));
}, 60_000);
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const makers = {
  folder: async () => mkdtempSync(join(folder, 'store-')),
  S3: () => server.makePlace(),
};

describe.each(Object.entries(makers))('a store in %s', (_, makePlace) => {
  let place: string;
  let store: Store;
  let objects: Objects;
  beforeEach(async () => {
    place = await makePlace();
    store = openStore(place);
    objects = openObjects(place);
  });

  test('a document is named by the hash of its bytes and comes back as it was', async () => {
    const hash = await store.writeDocument('evidence', '{"ä":1}');
    expect(hash).toBe(sha256('{"ä":1}'));
    expect((await store.readDocument('evidence', hash)).toString()).toBe('{"ä":1}');
    expect(await store.hasDocument('evidence', hash)).toBe(true);
    expect(await store.hasDocument('code', hash)).toBe(false);
    expect(await store.readDocument('code', await store.writeDocument('code', ''))).toEqual(Buffer.alloc(0));
  });

  test('a document larger than a part of an upload', async () => {
    const large = Buffer.alloc(20_000_000, 'reign');
    const hash = await store.writeDocument('code', large);
    expect((await store.readDocument('code', hash)).equals(large)).toBe(true);
  });

  test('the same document at the same time is one object and leaves nothing else', async () => {
    const hashes = await Promise.all(Array.from({ length: 8 }, () => store.writeDocument('payloads', 'same')));
    expect(new Set(hashes).size).toBe(1);
    expect((await objects.list('payloads')).map(({ name }) => name)).toEqual([sha256('same')]);
    expect(await objects.list('staging')).toEqual([]);
  });

  test('a damaged document is refused until it is written again', async () => {
    const hash = await store.writeDocument('evidence', 'right');
    await objects.put(`evidence/${hash}`, Buffer.from('wrong'));
    await expect(store.readDocument('evidence', hash)).rejects.toMatchObject({ code: 'StoreCorrupt' });
    await store.writeDocument('evidence', 'right');
    expect((await store.readDocument('evidence', hash)).toString()).toBe('right');
  });

  test('what is missing is StoreCorrupt', async () => {
    await store.writeDocument('evidence', 'something');
    const asks = [
      () => store.readDocument('evidence', sha256('x')),
      () => store.readManifest('snapshots', sha256('x')),
      () => store.checkRows('rowids', sha256('x')),
    ];
    for (const ask of asks)
      await expect(ask()).rejects.toMatchObject({ code: 'StoreCorrupt', message: expect.stringMatching(/has no/) });
    expect(await store.hasRows('snapshots', sha256('x'))).toBe(false);
  });

  test('rows that a trainer wrote are read, and refused once they are damaged', async () => {
    const hash = execFileSync(`${pythonBin}/python`, ['-c', writeRows, place], {
      env: { ...process.env, PYTHONPATH: 'trainer' },
      encoding: 'utf8',
    }).trim();
    expect(await store.hasRows('predictions', hash)).toBe(true);
    expect(await store.readManifest('predictions', hash)).toMatchObject({ contentHash: hash, rows: 3 });
    const read: Buffer[] = [];
    for await (const block of store.readRows('predictions', hash)) read.push(block);
    expect(Buffer.concat(read).subarray(0, 4).toString()).toBe('PAR1');
    await store.checkRows('predictions', hash);
    await objects.put(
      await objects.inFolder(`predictions/${hash}`, 'rows.parquet', 'manifest.json'),
      Buffer.from('other'),
    );
    await expect(store.checkRows('predictions', hash)).rejects.toMatchObject({ code: 'StoreCorrupt' });
    await objects.delete(`predictions/${hash}`);
    await objects.delete(`predictions/${hash}`);
    expect(await store.hasRows('predictions', hash)).toBe(false);
  });

  test('a probe leaves nothing', async () => {
    expect(await store.probe()).not.toBe('');
    expect(await objects.list('staging')).toEqual([]);
  });
});

describe('S3', () => {
  test('a copy of a local store is read as it is', async () => {
    const place = await server.makePlace();
    const objects = openObjects(place);
    const hash = sha256('content');
    const manifest = JSON.stringify({ contentHash: hash, fileHash: sha256('rows') });
    await objects.put(`snapshots/${hash}/rows.parquet`, Buffer.from('rows'));
    await objects.put(`snapshots/${hash}/manifest.json`, Buffer.from(manifest));
    expect(await openStore(place).hasRows('snapshots', hash)).toBe(true);
    await openStore(place).checkRows('snapshots', hash);
  });

  test('encryption is asked for', async () => {
    const place = await server.makePlace();
    const hash = await openStore(`${place}&encryption=aws:kms&kms_key=key-1`).writeDocument('code', 'x');
    const parsed = parsePlace(place);
    if (parsed.kind === 'folder') throw new Error('not a bucket');
    const Key = `${parsed.prefix}/code/${hash}`;
    const about = await server.client.send(new HeadObjectCommand({ Bucket: parsed.bucket, Key }));
    expect(about).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: expect.stringContaining('key-1') });
  });

  test('a bucket that is not there, and a server that does not answer, may be there later', async () => {
    const missing = openStore(`s3://no-such-bucket/x?endpoint=${server.endpoint}`);
    const dead = openStore('s3://bucket/x?endpoint=http://127.0.0.1:9');
    for (const ask of [
      () => missing.writeDocument('code', 'x'),
      () => missing.readDocument('code', sha256('x')),
      () => missing.probe(),
    ])
      await expect(ask()).rejects.toMatchObject({
        code: 'StoreUnavailable',
        message: expect.stringMatching(/the bucket no-such-bucket at http.* does not exist\.$/),
      });
    for (const ask of [() => dead.writeDocument('code', 'x'), () => dead.readDocument('code', sha256('x'))])
      await expect(ask()).rejects.toMatchObject({
        code: 'StoreUnavailable',
        message: expect.stringMatching(/the bucket bucket at http:\/\/127\.0\.0\.1:9 does not answer.*ECONNREFUSED/),
      });
  });

  test('access that is denied is said so', async () => {
    const refusing = await refusingServer();
    const store = openStore(`s3://bucket/x?endpoint=${refusing.endpoint}`);
    for (const ask of [() => store.writeDocument('code', 'x'), () => store.readDocument('code', sha256('x'))])
      await expect(ask()).rejects.toMatchObject({
        code: 'StoreUnavailable',
        message: expect.stringMatching(/denies access: check the credentials and its policy\.$/),
      });
    refusing.stop();
  });
});

/** Denies everything, as S3 does. */
async function refusingServer() {
  const http = createServer((request, response) => {
    request.resume();
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => http.close() };
}

const writeRows = `
import sys
import pyarrow as pa
from reign_trainer.store import open_store
print(open_store(sys.argv[1]).write_rows("predictions", pa.table({"reign_row_id": pa.array([1, 2, 3], pa.int64())})))
`;
