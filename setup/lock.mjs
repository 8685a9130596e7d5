// One set-up at a time, with nothing but files and Node 20.
//
// Each holder makes a generation `setup.lock.N`, one above the highest there is, and nobody takes a lock over by
// deleting it: of those who find generation N released or dead, only one can make N+1. Older generations are removed
// by the holder of a newer one, so whoever makes a generation looks once more whether a newer one is there.
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, thisProcess } from './processIdentity.mjs';

const PREFIX = 'setup.lock.';

/** @param {string} folder */
function generations(folder) {
  return readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX) && /^\d+$/.test(name.slice(PREFIX.length)))
    .map((name) => Number(name.slice(PREFIX.length)))
    .sort((a, b) => a - b);
}

/** @param {string} file */
function holderOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Waits until no other set-up of this folder runs; the answer releases the lock.
 *
 * @param {string} folder
 * @param {(holder: { pid: number }) => void} onWait called once when somebody else holds it
 * @returns {Promise<() => void>}
 */
export async function takeLock(folder, onWait) {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${PREFIX}${process.pid}`);
  let told = false;
  for (;;) {
    const newest = generations(folder).at(-1) ?? 0;
    const holder = newest === 0 ? undefined : holderOf(join(folder, PREFIX + newest));
    if (holder !== undefined && !holder.released && isAlive(holder)) {
      if (!told) onWait(holder);
      told = true;
      await sleep(200);
      continue;
    }
    const file = join(folder, PREFIX + (newest + 1));
    writeFileSync(draft, JSON.stringify(thisProcess()));
    try {
      linkSync(draft, file);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      continue;
    } finally {
      rmSync(draft, { force: true });
    }
    const all = generations(folder);
    if (all.at(-1) !== newest + 1) {
      rmSync(file, { force: true });
      continue;
    }
    for (const old of all.slice(0, -1)) rmSync(join(folder, PREFIX + old), { force: true });
    return () => writeFileSync(file, JSON.stringify({ ...thisProcess(), released: true }));
  }
}
