// Where Reign's own files are, and where its state is kept: in the project both in one folder. An installed package is read
// only: its state belongs to the folder that it is used in.
import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with Reign's own files. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether npm installed it as a package, built. @param {string} folder */
export const isInstalled = (folder = root) => folder.split(sep).includes('node_modules');

/**
 * The folder whose `.reign` holds the Python environment and the stack's state. Of an installed package that is the nearest
 * one, from the current folder upwards, that has a `.reign`; else the current folder.
 *
 * @param {string} folder Reign's own files
 */
export function placeOf(folder = root) {
  if (!isInstalled(folder)) return folder;
  const current = process.cwd();
  for (let above = current; ; above = dirname(above)) {
    if (existsSync(join(above, '.reign'))) return above;
    if (above === dirname(above)) return current;
  }
}
