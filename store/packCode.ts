import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { ReignError } from '../schemas/errors.ts';

/** The author's code as it is stored and as trainers unpack it. */
export interface CodePack {
  /** sha256 of `content`: what it is called in the store. */
  readonly hash: string;
  /** UTF-8 JSON `{"files": {"pipeline.py": "..."}}`, files in the order of their names. */
  readonly content: string;
  readonly files: Readonly<Record<string, string>>;
}

const largestBytes = 2_000_000;
/** A definition that lies in a home folder would otherwise walk all of it. */
const mostEntries = 20_000;

/**
 * Packs every .py below the definition's folder, but for hidden folders, `__pycache__`, `node_modules`, virtual
 * environments and links that lead out of it. The same files give the same bytes.
 *
 * @param folder the definition's folder
 * @param entrypoint `pipeline.py:build`, relative to it
 * @param where for messages: the place of pipeline.entrypoint, such as `flight-delay.yaml:40:15`
 * @throws ReignError DefinitionInvalid
 */
export async function packCode(folder: string, entrypoint: string, where: string): Promise<CodePack> {
  const root = await realpath(folder);
  const paths: string[] = [];
  await collect({ root, paths, entries: 0, where }, root, [root]);
  const entry = posix.normalize(entrypoint.slice(0, entrypoint.lastIndexOf(':')));
  if (!paths.some((path) => nameIn(root, path) === entry)) {
    throw invalid(
      where,
      `found ${JSON.stringify(entrypoint)}; expected a .py file in the definition's folder or below`,
    );
  }
  const texts: [string, string][] = [];
  let bytes = 0;
  for (const path of paths) {
    const name = nameIn(root, path);
    bytes += (await stat(path)).size;
    if (bytes > largestBytes) {
      throw invalid(
        where,
        `found more than 2 MB of .py files in the definition's folder (the last one: ${name}); expected a folder of its own`,
      );
    }
    texts.push([name, await readText(path, name, where)]);
  }
  const files = Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
  const content = JSON.stringify({ files });
  return { hash: createHash('sha256').update(content).digest('hex'), content, files };
}

/** The files of a stored pack. */
export function unpackCode(content: Buffer | string): Record<string, string> {
  const { files } = JSON.parse(content.toString()) as { files: Record<string, string> };
  return files;
}

interface Walk {
  readonly root: string;
  readonly where: string;
  readonly paths: string[];
  entries: number;
}

async function collect(walk: Walk, folder: string, above: readonly string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  // A virtual environment says so by this file, whatever it is called.
  if (folder !== walk.root && entries.some(({ name }) => name === 'pyvenv.cfg')) return;
  walk.entries += entries.length;
  if (walk.entries > mostEntries) {
    throw invalid(
      walk.where,
      `found more than ${mostEntries} files around the definition; expected a folder of its own`,
    );
  }
  for (const entry of entries) {
    if (entry.name.startsWith('.') || skipped.has(entry.name)) continue;
    const path = join(folder, entry.name);
    const target = entry.isSymbolicLink() ? await realpath(path).catch(() => undefined) : path;
    if (target === undefined || !isBelow(walk.root, target)) continue;
    const kind = entry.isSymbolicLink() ? await stat(target) : entry;
    if (kind.isDirectory() && !above.includes(target)) await collect(walk, path, [...above, target]);
    else if (kind.isFile() && entry.name.endsWith('.py')) walk.paths.push(path);
  }
}

const skipped = new Set(['__pycache__', 'node_modules']);

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

const nameIn = (root: string, path: string) => relative(root, path).split(sep).join('/');

async function readText(path: string, name: string, where: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalid(where, `found ${name}, which is not UTF-8; expected UTF-8 text`);
  }
}

const invalid = (where: string, problem: string) =>
  new ReignError('DefinitionInvalid', `${where} pipeline.entrypoint: ${problem}`);
