import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ReignError } from '../schemas/errors.ts';

/** Documents: one file each, named by the sha256 of its bytes. */
export const documentKinds = ['evidence', 'observations', 'code', 'tracebacks', 'payloads'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** `payloads` are cleaned by age: one that is stored again counts as new. */
const payloadRenewalMilliseconds = 24 * 60 * 60 * 1000;

/** Rows: a folder each, named by the content hash (`rowids` by that of their snapshot), with rows.parquet and manifest.json. */
export const rowsKinds = ['snapshots', 'predictions', 'rowids'] as const;
export type RowsKind = (typeof rowsKinds)[number];

/** Immutable files by hash. What is read was checked against its hash. */
export interface Store {
  readonly root: string;
  /** Stores a document and gives its hash; storing it again changes nothing (but the age of one of the `payloads`). */
  writeDocument(kind: DocumentKind, content: string | Uint8Array): Promise<string>;
  /** @throws ReignError StoreCorrupt where it is missing or does not match its hash */
  readDocument(kind: DocumentKind, hash: string): Promise<Buffer>;
  hasDocument(kind: DocumentKind, hash: string): Promise<boolean>;
  /** What stands beside rows; parse it with its schema. */
  readManifest(kind: RowsKind, hash: string): Promise<unknown>;
  hasRows(kind: RowsKind, hash: string): Promise<boolean>;
  /** The Parquet file of rows, after checking its bytes against the manifest. */
  rowsPath(kind: RowsKind, hash: string): Promise<string>;
  /** @throws ReignError StoreUnavailable where nothing can be written */
  checkWritable(): Promise<void>;
}

/** Opens the store in a local folder, which is made at the first writing, for its owner alone. docs/snapshots.md describes its layout. */
export function openStore(root: string): Store {
  const rowsFolder = (kind: RowsKind, hash: string) => join(root, kind, checkedHash(hash));

  async function readManifest(kind: RowsKind, hash: string): Promise<Record<string, unknown>> {
    const name = `${kind}/${hash}/manifest.json`;
    const content = await reading(root, name, () => readFile(join(rowsFolder(kind, hash), 'manifest.json'), 'utf8'));
    const manifest = parsedObject(content);
    if (manifest?.contentHash !== hash) throw corrupt(`The store's ${name} is not the manifest of these rows.`);
    return manifest;
  }

  return {
    root,
    readManifest,

    async writeDocument(kind, content) {
      const bytes = Buffer.from(content);
      const hash = createHash('sha256').update(bytes).digest('hex');
      const target = join(root, kind, hash);
      try {
        if (!(kind === 'payloads' && (await isAged(target))) && (await holds(target, bytes))) return hash;
        await writeAtOnce(root, target, bytes);
      } catch (error) {
        throw unavailable(`write ${kind}/${hash}`, error);
      }
      return hash;
    },

    async readDocument(kind, hash) {
      const name = `${kind}/${checkedHash(hash)}`;
      const content = await reading(root, name, () => readFile(join(root, kind, hash)));
      if (createHash('sha256').update(content).digest('hex') !== hash)
        throw corrupt(`The store's ${name} does not match its hash.`);
      return content;
    },

    hasDocument: (kind, hash) => exists(join(root, kind, checkedHash(hash))),
    hasRows: (kind, hash) => exists(join(rowsFolder(kind, hash), 'manifest.json')),

    async rowsPath(kind, hash) {
      const { fileHash } = await readManifest(kind, hash);
      const name = `${kind}/${hash}/rows.parquet`;
      const path = join(rowsFolder(kind, hash), 'rows.parquet');
      const digest = createHash('sha256');
      await reading(root, name, () => pipeline(createReadStream(path), digest));
      if (digest.digest('hex') !== fileHash)
        throw corrupt(`The store's ${name} does not match the hash in its manifest.`);
      return path;
    },

    async checkWritable() {
      try {
        await inStaging(root, async (folder) => {
          await writeFile(join(folder, 'probe'), 'probe');
        });
      } catch (error) {
        throw unavailable('write', error);
      }
    },
  };
}

/** Written aside, on the disk, and then renamed: a reader sees all of it or nothing. */
function writeAtOnce(root: string, target: string, bytes: Buffer): Promise<void> {
  return inStaging(root, async (staging) => {
    const staged = join(staging, 'document');
    const file = await open(staged, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(staged, target);
    await syncFolder(folder);
  });
}

async function inStaging(root: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(root, 'staging', randomBytes(16).toString('hex'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A document that was damaged is not held: writing it again repairs it. */
async function holds(path: string, bytes: Buffer): Promise<boolean> {
  try {
    return (await readFile(path)).equals(bytes);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function isAged(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > payloadRenewalMilliseconds;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function reading<Content>(root: string, name: string, read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    if (!isMissing(error)) throw unavailable(`read ${name}`, error);
    if (!(await exists(root))) throw new ReignError('StoreUnavailable', "The store's folder is not there.");
    throw corrupt(`The store has no ${name}.`);
  }
}

function parsedObject(content: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function checkedHash(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new TypeError('not a hash');
  return hash;
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const corrupt = (message: string): ReignError => new ReignError('StoreCorrupt', message);

function unavailable(attempt: string, cause: unknown): ReignError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'I/O error';
  return new ReignError('StoreUnavailable', `Cannot ${attempt}: ${why}.`, { cause });
}
