import { isDeepStrictEqual } from 'node:util';
import type { Column } from '../schemas/columns.ts';
import type { Definition } from '../schemas/definition.ts';
import { type FieldPath, formatPath } from '../schemas/fieldPath.ts';
import { showValue } from './showValue.ts';

/** A definition with its code: the hash of the pack and, where it could be read, the files. Null: declarative. */
export interface DefinitionWithCode {
  readonly definition: Definition;
  /** What the source's columns were found to be. */
  readonly columns: readonly Column[];
  readonly code: { readonly hash: string; readonly files: Readonly<Record<string, string>> | null } | null;
}

/** What is different, one line each: `gate.guardrails[0].margin: 0.01 -> 0.02`, `code: pipeline.py changed`. */
export function describeChanges(old: DefinitionWithCode, now: DefinitionWithCode): string[] {
  return [
    ...changes([], old.definition, now.definition),
    ...columnChanges(old.columns, now.columns),
    ...codeChanges(old.code, now.code),
  ];
}

/** Columns that both have, of another type in the source than before. */
function* columnChanges(old: readonly Column[], now: readonly Column[]): Generator<string> {
  for (const column of now) {
    const before = old.find(({ name }) => name === column.name);
    if (before === undefined || (before.kind === column.kind && before.sourceType === column.sourceType)) continue;
    yield `column ${column.name}: ${before.postgresType} -> ${column.postgresType}`;
  }
}

function* changes(path: FieldPath, old: unknown, now: unknown): Generator<string> {
  if (isDeepStrictEqual(old, now)) return;
  const name = formatPath(path);
  if (old === undefined) yield `${name}: added ${showValue(now)}`;
  else if (now === undefined) yield `${name}: removed (was ${showValue(old)})`;
  else if (Array.isArray(old) && Array.isArray(now)) yield* listChanges(path, old, now);
  else if (isMapping(old) && isMapping(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      yield* changes([...path, key], old[key], now[key]);
    }
  } else if (typeof old === 'string' && typeof now === 'string' && `${old}${now}`.includes('\n')) {
    yield `${name}: changed (${lineChanges(old, now)})`;
  } else yield* valueChange(name, old, now);
}

function* valueChange(name: string, old: unknown, now: unknown): Generator<string> {
  const [before, after] = [showValue(old), showValue(now)];
  yield before === after ? `${name}: changed` : `${name}: ${before} -> ${after}`;
}

/** Lists of single values are compared as sets (what came, what went); others entry by entry. */
function* listChanges(path: FieldPath, old: readonly unknown[], now: readonly unknown[]): Generator<string> {
  const single = [...old, ...now].every((value) => typeof value !== 'object' || value === null);
  if (!single) {
    for (let at = 0; at < Math.max(old.length, now.length); at++) yield* changes([...path, at], old[at], now[at]);
    return;
  }
  const name = formatPath(path);
  const added = now.filter((value) => !old.includes(value));
  const removed = old.filter((value) => !now.includes(value));
  if (added.length > 0) yield `${name}: added ${added.map(showValue).join(', ')}`;
  if (removed.length > 0) yield `${name}: removed ${removed.map(showValue).join(', ')}`;
  if (added.length === 0 && removed.length === 0) yield* valueChange(name, old, now);
}

/** Lines that only one of the two has, each counted as often as it stands there more often. */
function lineChanges(old: string, now: string): string {
  const counts = new Map<string, number>();
  for (const line of now.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of old.split('\n')) counts.set(line, (counts.get(line) ?? 0) - 1);
  let added = 0;
  let removed = 0;
  for (const count of counts.values()) {
    if (count > 0) added += count;
    else removed -= count;
  }
  return added + removed === 0 ? 'order of lines' : `lines: +${added} -${removed}`;
}

function* codeChanges(old: DefinitionWithCode['code'], now: DefinitionWithCode['code']): Generator<string> {
  if (old?.hash === now?.hash) return;
  if (old === null || now === null || old.files === null || now.files === null) {
    yield old === null ? 'code: added' : now === null ? 'code: removed' : 'code: changed';
    return;
  }
  for (const file of [...new Set([...Object.keys(old.files), ...Object.keys(now.files)])].sort()) {
    if (old.files[file] === now.files[file]) continue;
    const how = old.files[file] === undefined ? 'added' : now.files[file] === undefined ? 'removed' : 'changed';
    yield `code: ${file} ${how}`;
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
