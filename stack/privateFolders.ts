import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../settings/home.ts';

/** What lies in a home and is nobody else's business. Postgres keeps its own folder private. */
const PRIVATE = ['cache', 'leases', 'logs', 'mlflow', 'ready', 'store', 'temporal'];

/**
 * Keeps what a stack writes from the other users of the machine: snapshots and artifacts hold people's data, and whoever can
 * write the store or `temporal.db` can change what is promoted. New files get mode 0600 and folders 0700, in this process and
 * in all that it starts; folders of an earlier run are narrowed.
 */
export function keepPrivate(home: Home): void {
  mkdirSync(home.folder, { recursive: true });
  process.umask(0o077);
  // Postgres, which does not run as root, may have to pass through to its own folder; it need not list the home for that.
  narrow(home.folder, process.getuid?.() === 0 ? 0o711 : 0o700);
  for (const name of PRIVATE) {
    const folder = join(home.folder, name);
    // A link leads to a folder that somebody chose: its mode is theirs to choose too.
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) narrow(folder, 0o700);
  }
}

function narrow(folder: string, mode: number): void {
  chmodSync(folder, statSync(folder).mode & mode);
}
