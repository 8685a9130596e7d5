import { createHash } from 'node:crypto';
import { errorOf } from '../schemas/errors.ts';
import { type About, type Listed, Missing, type Objects } from './objects.ts';
import { openObjects } from './openObjects.ts';

/** Documents: one object each, named by the sha256 of its bytes. */
export const documentKinds = ['evidence', 'observations', 'code', 'tracebacks', 'payloads'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** What nothing names is removed by age: a document that is stored again counts as new. */
const renewalMilliseconds = 24 * 60 * 60 * 1000;

/** Rows: a folder each, named by the content hash (`rowids` by that of their snapshot), with rows.parquet and manifest.json. */
export const rowsKinds = ['snapshots', 'predictions', 'rowids'] as const;
export type RowsKind = (typeof rowsKinds)[number];

/** What else is in a store: fits that are not in MLflow yet, and what is being written. */
export const workFolders = ['fits', 'staging'] as const;
export type StoreFolder = DocumentKind | RowsKind | (typeof workFolders)[number];

/** One object for each installation that uses the store, named by its id. */
const marksFolder = 'installations';

const manifestFile = 'manifest.json';
const rowsFile = 'rows.parquet';

/** Immutable objects by hash. What is read was checked against its hash. */
export interface Store {
  /** Where it is, as `REIGN_STORE` says it. */
  readonly place: string;
  /** Stores a document and gives its hash; storing it again changes nothing but its age, where it is older than a day. */
  writeDocument(kind: DocumentKind, content: string | Uint8Array): Promise<string>;
  /** @throws ReignError StoreCorrupt where it is missing or does not match its hash */
  readDocument(kind: DocumentKind, hash: string): Promise<Buffer>;
  hasDocument(kind: DocumentKind, hash: string): Promise<boolean>;
  /** What stands beside rows; parse it with its schema. */
  readManifest(kind: RowsKind, hash: string): Promise<unknown>;
  hasRows(kind: RowsKind, hash: string): Promise<boolean>;
  /** The bytes of the Parquet file of rows; the last block comes only where all of them match the manifest. */
  readRows(kind: RowsKind, hash: string): AsyncIterable<Buffer>;
  /** Reads all rows against their hash. @throws ReignError StoreCorrupt */
  checkRows(kind: RowsKind, hash: string): Promise<void>;
  /** Deletes a document. One that is not there is as good as deleted. */
  deleteDocument(kind: DocumentKind, hash: string): Promise<void>;
  /** Deletes rows with their manifest. */
  deleteRows(kind: RowsKind, hash: string): Promise<void>;
  /** What is right in a folder, by name; also what Reign did not write: see `isStoredName`. */
  list(folder: StoreFolder): Promise<Listed[]>;
  /** When it was last written, and how large it is; undefined where it is not there. */
  about(folder: StoreFolder, name: string): Promise<About | undefined>;
  /** Removes what is right in a folder. */
  remove(folder: StoreFolder, name: string): Promise<void>;
  /** The installations that use this store, by the marks that they left in it. */
  installations(): Promise<string[]>;
  /** Leaves the mark of an installation, so that no other one takes what it stores for unreferenced. */
  markInstallation(id: string): Promise<void>;
  /** Writes and deletes a probe, and says what there is to say about the place. @throws ReignError StoreUnavailable */
  probe(): Promise<string>;
}

/**
 * Opens a store.
 *
 * @param place as `REIGN_STORE` says it
 * @throws ReignError SettingInvalid
 */
export function openStore(place: string): Store {
  return storeOf(openObjects(place));
}

function storeOf(objects: Objects): Store {
  async function readManifest(kind: RowsKind, hash: string): Promise<Record<string, unknown>> {
    const folder = `${kind}/${checkedHash(hash)}`;
    const name = `${folder}/${manifestFile}`;
    const read = async () => objects.read(await objects.inFolder(folder, manifestFile, manifestFile));
    const manifest = parsedObject((await present(name, read)).toString('utf8'));
    if (manifest?.contentHash !== hash) throw errorOf('StoreCorrupt', 'notManifest', { object: name });
    return manifest;
  }

  async function* readRows(kind: RowsKind, hash: string): AsyncIterable<Buffer> {
    const { fileHash } = await readManifest(kind, hash);
    const folder = `${kind}/${hash}`;
    const name = `${folder}/${rowsFile}`;
    const digest = createHash('sha256');
    let last: Buffer | undefined;
    try {
      for await (const block of objects.blocks(await objects.inFolder(folder, rowsFile, manifestFile))) {
        digest.update(block);
        if (last !== undefined) yield last;
        last = block;
      }
    } catch (error) {
      throw error instanceof Missing ? errorOf('StoreCorrupt', 'missing', { object: name }) : error;
    }
    if (digest.digest('hex') !== fileHash) throw errorOf('StoreCorrupt', 'manifestHash', { object: name });
    if (last !== undefined) yield last;
  }

  return {
    place: objects.place,
    readManifest,
    readRows,

    async writeDocument(kind, content) {
      const bytes = Buffer.from(content);
      const hash = createHash('sha256').update(bytes).digest('hex');
      await objects.put(`${kind}/${hash}`, bytes, new Date(Date.now() - renewalMilliseconds));
      return hash;
    },

    async readDocument(kind, hash) {
      const name = `${kind}/${checkedHash(hash)}`;
      const content = await present(name, () => objects.read(name));
      if (createHash('sha256').update(content).digest('hex') !== hash)
        throw errorOf('StoreCorrupt', 'hash', { object: name });
      return content;
    },

    hasDocument: async (kind, hash) => (await objects.modified(`${kind}/${checkedHash(hash)}`)) !== undefined,
    hasRows: (kind, hash) => objects.hasFolder(`${kind}/${checkedHash(hash)}`, manifestFile),

    async checkRows(kind, hash) {
      for await (const _ of readRows(kind, hash));
    },

    deleteDocument: (kind, hash) => objects.delete(`${kind}/${checkedHash(hash)}`),
    deleteRows: (kind, hash) => objects.delete(`${kind}/${checkedHash(hash)}`),
    list: (folder) => objects.list(folder),
    about: (folder, name) => objects.about(`${folder}/${checkedName(name)}`),
    remove: (folder, name) => objects.delete(`${folder}/${checkedName(name)}`),
    installations: async () =>
      (await objects.list(marksFolder)).map(({ name }) => name).filter((name) => isInstallationId(name)),

    async markInstallation(id) {
      if (!isInstallationId(id)) throw new TypeError('not an installation');
      await objects.put(`${marksFolder}/${id}`, Buffer.from('A ledger of Reign refers to objects in this store.\n'));
    },

    probe: () => objects.probe(),
  };
}

/** Whether Reign gives such names in a folder. People and consoles leave others there: copies, markers of folders. */
export function isStoredName(folder: StoreFolder, name: string): boolean {
  return folder === 'fits' || folder === 'staging' ? isName(name) : isHash(name);
}

/** What is not there was deleted or lost: content that somebody names was there once. */
async function present<Content>(name: string, read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof Missing ? errorOf('StoreCorrupt', 'missing', { object: name }) : error;
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
  if (!isHash(hash)) throw new TypeError('not a hash');
  return hash;
}

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
const isName = (text: string): boolean => /^[\w.:-]+$/.test(text) && !/^\.+$/.test(text);
const isInstallationId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

function checkedName(name: string): string {
  if (!isName(name)) throw new TypeError('not a name');
  return name;
}
