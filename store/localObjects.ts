import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorOf, type ReignError } from '../schemas/errors.ts';
import { type Listed, Missing, type Objects } from './objects.ts';

/** A store in a local folder, which is made at the first writing, for its owner alone. docs/snapshots.md describes its layout. */
export function localObjects(root: string): Objects {
  return {
    place: root,
    read: (name) => reading(root, name, () => readFile(join(root, name))),

    async *blocks(name) {
      try {
        yield* createReadStream(join(root, name));
      } catch (error) {
        await reading(root, name, () => Promise.reject(error));
      }
    },

    async put(name, content, renewBefore) {
      const target = join(root, name);
      try {
        if (!(await isOlder(target, renewBefore)) && (await holds(target, content))) return;
        await writeAtOnce(root, target, content);
      } catch (error) {
        throw unavailable(`write ${name}`, error);
      }
    },

    modified: async (name) => (await found(() => stat(join(root, name))))?.mtime,

    async list(folder) {
      const names = (await found(() => readdir(join(root, folder)))) ?? [];
      const listed = await Promise.all(
        names.sort().map(async (name): Promise<Listed[]> => {
          const about = await found(() => stat(join(root, folder, name)));
          return about === undefined ? [] : [{ name, modified: about.mtime }];
        }),
      );
      return listed.flat();
    },

    async about(name) {
      const about = await found(() => stat(join(root, name)));
      if (about === undefined) return undefined;
      const { mtime: modified } = about;
      return { modified, bytes: about.isDirectory() ? await bytesIn(join(root, name)) : about.size };
    },

    async delete(name) {
      try {
        await inStaging(root, async (staging) => {
          // Gone at once for whoever looks, then taken apart.
          await found(() => rename(join(root, name), join(staging, 'gone')));
        });
      } catch (error) {
        throw unavailable(`delete ${name}`, error);
      }
    },

    inFolder: async (folder, file) => `${folder}/${file}`,
    hasFolder: (folder, marker) => exists(join(root, folder, marker)),

    async probe() {
      try {
        await inStaging(root, (folder) => writeFile(join(folder, 'probe'), 'probe'));
        const { bavail, bsize } = await statfs(root);
        return `${((bavail * bsize) / 1e9).toFixed(1)} GB free`;
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

const holds = async (path: string, bytes: Buffer): Promise<boolean> =>
  (await found(() => readFile(path)))?.equals(bytes) ?? false;

async function bytesIn(folder: string): Promise<number> {
  const entries = (await found(() => readdir(folder, { recursive: true, withFileTypes: true }))) ?? [];
  let bytes = 0;
  for (const entry of entries)
    if (entry.isFile()) bytes += (await found(() => stat(join(entry.parentPath, entry.name))))?.size ?? 0;
  return bytes;
}

async function isOlder(path: string, date: Date | undefined): Promise<boolean> {
  if (date === undefined) return false;
  const about = await found(() => stat(path));
  return about !== undefined && about.mtime < date;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** What an attempt gives; undefined where the file is not there. */
async function found<Value>(attempt: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function reading<Content>(root: string, name: string, read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    if (!isMissing(error)) throw unavailable(`read ${name}`, error);
    if (!(await exists(root))) throw errorOf('StoreUnavailable', 'noFolder');
    throw new Missing(name);
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

function unavailable(attempt: string, cause: unknown): ReignError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'I/O error';
  return errorOf('StoreUnavailable', 'failed', { attempt, reason: why }, { cause });
}
