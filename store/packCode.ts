import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { errorOf } from '../schemas/errors.ts';
import { isDefinition, isSkipped, largestDataFile, textOf } from './codeFile.ts';

/** The author's code, and the data files beside it, as they are stored and as trainers unpack them. */
export interface CodePack {
  /** sha256 of `content`: what it is called in the store. */
  readonly hash: string;
  /**
   * UTF-8 JSON `{"files": {"pipeline.py": "..."}}`, files in the order of their names. Files that are not UTF-8 follow as
   * `"binary": {"model.bin": "<base64>"}`; without any the member is absent, so that a folder of Python files alone
   * has the hash that earlier releases gave it.
   */
  readonly content: string;
  /** Binary files in base64. */
  readonly files: Readonly<Record<string, string>>;
}

/** The files below a definition's folder. */
export interface CodeFiles {
  /** UTF-8, by their names relative to the folder: `pipeline.py`. */
  readonly texts: Readonly<Record<string, string>>;
  /** Others, in base64. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Data files that are too large to travel: `big.csv (512.0 MB)`. */
  readonly leftBehind: readonly string[];
}

const mostPythonBytes = 2_000_000;
const mostDataBytes = 50_000_000;
/** A definition that lies in a home folder would otherwise walk all of it. */
const mostEntries = 20_000;

/**
 * Reads the files below the definition's folder: code, and the data that it reads. Skipped are definitions, hidden files
 * and folders, `__pycache__`, `node_modules`, virtual environments, notebooks, `.md` and `.rst` files, and links that
 * lead out of the folder.
 *
 * @param folder the definition's folder
 * @param where for messages: the place of pipeline.entrypoint, such as `flight-delay.yaml:40:15`
 * @throws ReignError DefinitionInvalid
 */
export async function readCode(folder: string, where: string): Promise<CodeFiles> {
  const root = await realpath(folder);
  const paths: string[] = [];
  await collect({ root, paths, entries: 0, where }, root, [root]);
  const { texts, binaries, leftBehind } = await readFiles(root, paths, where);
  return { texts: sorted(texts), binaries: sorted(binaries), leftBehind: leftBehind.sort() };
}

/**
 * Packs files as they are stored. The same files give the same bytes.
 *
 * @param entrypoint `pipeline.py:build`: its file has to be one of them
 * @param where for messages: the place of pipeline.entrypoint
 * @throws ReignError DefinitionInvalid
 */
export function packCode(
  { texts, binaries }: Pick<CodeFiles, 'texts' | 'binaries'>,
  entrypoint: string,
  where: string,
): CodePack {
  const entry = posix.normalize(entrypoint.slice(0, entrypoint.lastIndexOf(':')));
  if (!entry.endsWith('.py') || !Object.hasOwn(texts, entry)) {
    throw invalid(
      where,
      `found ${JSON.stringify(entrypoint)}; expected a .py file in the definition's folder or below`,
    );
  }
  const [text, binary] = [Object.entries(texts), Object.entries(binaries)];
  const packed = { files: sorted(text), ...(binary.length > 0 && { binary: sorted(binary) }) };
  const content = JSON.stringify(packed);
  const hash = createHash('sha256').update(content).digest('hex');
  return { hash, content, files: sorted([...text, ...binary]) };
}

/** The files of a stored pack, binary ones in base64. */
export function unpackCode(content: Buffer | string): Record<string, string> {
  const { files, binary } = JSON.parse(content.toString()) as Record<'files' | 'binary', Record<string, string>>;
  return { ...files, ...binary };
}

type NamedContent = [name: string, content: string];

async function readFiles(root: string, paths: readonly string[], where: string) {
  const texts: NamedContent[] = [];
  const binaries: NamedContent[] = [];
  const leftBehind: string[] = [];
  let pythonBytes = 0;
  let dataBytes = 0;
  for (const path of paths) {
    const name = nameIn(root, path);
    const isPython = name.endsWith('.py');
    const { size } = await stat(path);
    if (isPython) {
      pythonBytes += size;
      if (pythonBytes > mostPythonBytes) throw tooMuch(where, '2 MB of .py files', name);
    } else if (size > largestDataFile) {
      leftBehind.push(`${name} (${(size / 1e6).toFixed(1)} MB)`);
      continue;
    }
    const bytes = await readFile(path);
    const text = textOf(bytes);
    if (isPython && text === undefined) {
      throw invalid(where, `found ${name}, which is not UTF-8; expected UTF-8 text`);
    }
    if (text !== undefined && isDefinition(name, text)) continue;
    if (!isPython) {
      dataBytes += size;
      if (dataBytes > mostDataBytes) throw tooMuch(where, '50 MB of data files', name);
    }
    if (text !== undefined) texts.push([name, text]);
    else binaries.push([name, bytes.toString('base64')]);
  }
  return { texts, binaries, leftBehind };
}

const sorted = (files: readonly NamedContent[]): Record<string, string> =>
  Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

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
    if (isSkipped(entry.name)) continue;
    const path = join(folder, entry.name);
    const target = entry.isSymbolicLink() ? await realpath(path).catch(() => undefined) : path;
    if (target === undefined || !isBelow(walk.root, target)) continue;
    const kind = entry.isSymbolicLink() ? await stat(target) : entry;
    if (kind.isDirectory() && !above.includes(target)) await collect(walk, path, [...above, target]);
    else if (kind.isFile()) walk.paths.push(path);
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

const nameIn = (root: string, path: string) => relative(root, path).split(sep).join('/');

const tooMuch = (where: string, amount: string, name: string) =>
  invalid(
    where,
    `found more than ${amount} in the definition's folder (the last one: ${name}); expected a folder of its own`,
  );

const invalid = (where: string, problem: string) =>
  errorOf('DefinitionInvalid', 'entrypoint', { place: where, problem });
