import { readFile } from 'node:fs/promises';
import { Definition } from '../schemas/definition.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import type { FieldPath } from '../schemas/fieldPath.ts';
import { parseYaml } from './parseYaml.ts';
import type { Position, Positions } from './positions.ts';
import { problemLine, problemsOf } from './problems.ts';

/** Far above any definition; it travels with every workflow, so it must stay small. */
export const largestDefinition = 100_000;

export interface ReadDefinition {
  readonly definition: Definition;
  readonly text: string;
  /** `flight-delay.yaml:12:5` of a field; with `line`, of that line (from 1) within the field's text. */
  readonly where: (path: FieldPath, line?: number) => string;
}

/**
 * Reads a definition from its YAML file.
 *
 * @throws ReignError DefinitionInvalid, as `parseDefinition`
 */
export async function readDefinition(path: string): Promise<ReadDefinition> {
  return parseDefinition(path, decode(path, await readBytes(path)));
}

/**
 * Reads a definition from YAML text.
 *
 * @param name what messages call the file
 * @throws ReignError DefinitionInvalid with one line for each problem:
 * `flight-delay.yaml:12:5 source.features[1]: found 3; expected a string`
 */
export function parseDefinition(name: string, text: string): ReadDefinition {
  const parsed = parseYaml(text);
  if ('errors' in parsed) {
    throw invalid(parsed.errors.map(({ position, message }) => `${place(name, position)} ${message}`));
  }
  const { data, positions } = parsed;
  if (data === null || data === undefined) {
    throw invalid([`${name}:1:1 found an empty file; expected a definition (model, task, source, ...)`]);
  }
  const result = Definition.safeParse(data);
  if (!result.success) throw invalid(problemLines(name, problemsOf(result.error.issues, data), positions));
  return {
    definition: result.data,
    text,
    where: (field, line) =>
      place(name, line === undefined ? positions.ofValue(field) : positions.ofLineWithin(field, line)),
  };
}

function problemLines(path: string, problems: ReturnType<typeof problemsOf>, positions: Positions): string[] {
  return problems
    .map((problem) => ({
      position: problem.atName ? positions.ofName(problem.path) : positions.ofValue(problem.path),
      text: problemLine(problem),
    }))
    .sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
    .map(({ position, text }) => `${place(path, position)} ${text}`);
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const bytes = await readFile(path);
    if (bytes.length <= largestDefinition) return bytes;
    throw invalid([`${path}: found ${bytes.length} bytes; expected at most ${largestDefinition}`]);
  } catch (error) {
    if (error instanceof ReignError) throw error;
    throw invalid([`${path}: ${unreadable(error)}`], error);
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'found no such file; expected a definition (YAML)';
  if (code === 'EISDIR') return 'found a folder; expected a definition (YAML), such as its flight-delay.yaml';
  if (code === 'EACCES' || code === 'EPERM') return 'found a file that may not be read; expected a definition (YAML)';
  return `cannot be read (${code === '' ? 'unknown error' : code})`;
}

function decode(path: string, bytes: Buffer): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw invalid([`${path}:${lineNotUtf8(bytes)}:1 found bytes that are not UTF-8; expected UTF-8 text`], error);
  }
}

function lineNotUtf8(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 1;
}

const place = (path: string, { line, column }: Position) => `${path}:${line}:${column}`;

const invalid = (lines: readonly string[], cause?: unknown) =>
  errorOf('DefinitionInvalid', 'problems', { problems: lines.join('\n') }, cause === undefined ? undefined : { cause });
