import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../store/openStore.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reign-test-store-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

describe('a store in a folder', () => {
  test('a document is named by the hash of its bytes and comes back as it was', async () => {
    const store = openStore(join(root, 'new'));
    const hash = await store.writeDocument('evidence', '{"ä":1}');
    expect(hash).toBe(sha256('{"ä":1}'));
    expect((await store.readDocument('evidence', hash)).toString()).toBe('{"ä":1}');
    expect(await store.hasDocument('evidence', hash)).toBe(true);
    expect(await store.hasDocument('code', hash)).toBe(false);
  });

  test('the same document twice, also at the same time, is one file and leaves nothing in staging', async () => {
    const store = openStore(root);
    const hashes = await Promise.all(Array.from({ length: 8 }, () => store.writeDocument('code', 'same')));
    expect(new Set(hashes).size).toBe(1);
    expect(readdirSync(join(root, 'code'))).toEqual([sha256('same')]);
    expect(readdirSync(join(root, 'staging'))).toEqual([]);
  });

  test('a document that was changed on the disk is refused, and mended by writing it again', async () => {
    const store = openStore(root);
    const hash = await store.writeDocument('evidence', 'right');
    writeFileSync(join(root, 'evidence', hash), 'wrong');
    await expect(store.readDocument('evidence', hash)).rejects.toMatchObject({ code: 'StoreCorrupt' });
    await store.writeDocument('evidence', 'right');
    expect((await store.readDocument('evidence', hash)).toString()).toBe('right');
  });

  test('a missing document is StoreCorrupt, a missing store StoreUnavailable', async () => {
    await expect(openStore(root).readDocument('evidence', sha256('x'))).rejects.toMatchObject({ code: 'StoreCorrupt' });
    const nowhere = openStore(join(root, 'nowhere'));
    await expect(nowhere.readDocument('evidence', sha256('x'))).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });

  test('a store that cannot be written is StoreUnavailable, which a retry can help', async () => {
    writeFileSync(join(root, 'file'), '');
    const store = openStore(join(root, 'file'));
    await expect(store.writeDocument('code', 'x')).rejects.toMatchObject({ code: 'StoreUnavailable' });
    await expect(store.probe()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    await expect(openStore(root).probe()).resolves.toMatch(/^\d+\.\d GB free$/);
  });

  test('rows are given out only when their bytes match the manifest', async () => {
    const store = openStore(root);
    const hash = sha256('content');
    const folder = join(root, 'snapshots', hash);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'rows.parquet'), 'rows');
    writeFileSync(
      join(folder, 'manifest.json'),
      JSON.stringify({ contentHash: hash, fileHash: sha256('rows'), rows: 1 }),
    );
    expect(await store.hasRows('snapshots', hash)).toBe(true);
    expect(await store.readManifest('snapshots', hash)).toMatchObject({ rows: 1 });
    const read = [];
    for await (const block of store.readRows('snapshots', hash)) read.push(block);
    expect(Buffer.concat(read).toString()).toBe('rows');
    writeFileSync(join(folder, 'rows.parquet'), 'other');
    await expect(store.checkRows('snapshots', hash)).rejects.toMatchObject({ code: 'StoreCorrupt' });
  });

  test('a manifest of other rows, or none at all, is refused', async () => {
    const store = openStore(root);
    const hash = sha256('content');
    mkdirSync(join(root, 'predictions', hash), { recursive: true });
    for (const content of ['{"contentHash":"other"}', 'null', '{', '']) {
      writeFileSync(join(root, 'predictions', hash, 'manifest.json'), content);
      await expect(store.readManifest('predictions', hash)).rejects.toMatchObject({ code: 'StoreCorrupt' });
    }
  });

  test('only hashes name what is in the store', async () => {
    await expect(async () => openStore(root).readDocument('evidence', '../../etc/passwd')).rejects.toThrow(TypeError);
  });
});
