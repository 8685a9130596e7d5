import { extname } from 'node:path';

/** A single data file up to this size travels with the code. */
export const largestDataFile = 10_000_000;

/** Folders and files whose names say that no code reads them. Hidden ones are skipped too. */
const skippedNames = new Set(['__pycache__', 'node_modules']);
/** Compiled Python, and what a person writes for people: a notebook's output also holds rows. */
const skippedEndings = new Set(['.pyc', '.pyo', '.ipynb', '.md', '.rst']);

/** Whether a file or folder of this name stays behind, whatever it holds. */
export const isSkipped = (name: string): boolean =>
  name.startsWith('.') ||
  name.endsWith('~') ||
  skippedNames.has(name) ||
  skippedEndings.has(extname(name).toLowerCase());

/**
 * Whether a YAML file is a definition of Reign: it describes code and is none. Its versions are counted apart from the
 * code's, and several may share one folder.
 */
export function isDefinition(name: string, text: string): boolean {
  const ending = extname(name).toLowerCase();
  if (ending !== '.yaml' && ending !== '.yml') return false;
  return ['model', 'source', 'pipeline'].every((field) => new RegExp(`^${field}[ \\t]*:`, 'm').test(text));
}

/** The text of a file that is UTF-8; undefined where it is not. Decoding and encoding again give the same bytes. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
