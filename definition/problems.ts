import type { z } from 'zod';
import { type FieldPath, formatPath } from '../schemas/fieldPath.ts';
import { nearest } from '../schemas/nearest.ts';
import { fieldsAt } from './fieldsAt.ts';
import { showValue } from './showValue.ts';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with a definition. */
export interface Problem {
  /** The field that is wrong, or that is missing. */
  readonly path: FieldPath;
  /** Point at the field's name (an unknown field), not at its value. */
  readonly atName?: boolean;
  readonly message: string;
}

/** What zod found, each as one readable line. `data` is what was parsed. */
export function problemsOf(issues: readonly Issue[], data: unknown): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, data));
}

function problemsOfIssue(issue: Issue, data: unknown): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') return unknownFields(path, issue.keys, data);
  if (issue.code === 'invalid_union') return unionProblems(issue, path, data);
  return [wrongValue(path, valueAt(data, path), expectation(issue), choices(issue))];
}

function wrongValue(path: FieldPath, found: unknown, expected: string, words: readonly string[] = []): Problem {
  if (found === undefined) return { path, message: `missing; expected ${expected}` };
  const meant = typeof found === 'string' ? nearest(found, words) : undefined;
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return { path, message: `found ${showValue(found)}; expected ${expected}${hint}` };
}

function unknownFields(path: FieldPath, keys: readonly string[], data: unknown): Problem[] {
  const forms = fieldsAt(path);
  // A field that is known here belongs to another form: the two were mixed.
  if (keys.some((key) => forms.flat().includes(key)))
    return [mixedForms(path, Object.keys(Object(valueAt(data, path))), forms)];
  return keys.map((key) => unknownField(path, key, forms.flat()));
}

function mixedForms(path: FieldPath, keys: readonly string[], forms: readonly string[][]): Problem {
  const names = keys.length === 0 ? 'no field' : keys.join(', ');
  const described = either(forms.map((fields) => fields.join(', ')));
  return { path, message: `found ${names}; expected the fields of one form: ${described}` };
}

function unknownField(path: FieldPath, key: string, known: readonly string[]): Problem {
  const meant = nearest(key, known);
  const expected = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
  return { path: [...path, key], atName: true, message: `unknown field; ${expected}` };
}

/** Which form was meant is read from the fields that are there; then only that form's problems are told. */
function unionProblems(issue: Issue & { code: 'invalid_union' }, path: FieldPath, data: unknown): Problem[] {
  const found = valueAt(data, path);
  const branches = issue.errors;
  if (found !== null && typeof found === 'object') {
    const meant = Array.isArray(found)
      ? branches.find((branch) => branch.every(({ path: at }) => at.length > 0 || fitsList(branch)))
      : formMeant(path, Object.keys(found), branches);
    if (meant !== undefined && 'problem' in meant) return [meant.problem];
    if (meant !== undefined) {
      return meant.flatMap((inner) =>
        problemsOfIssue({ ...inner, path: [...issue.path, ...inner.path] } as Issue, data),
      );
    }
  }
  const expected = branches.flatMap((branch) => branch.slice(0, 1).map(expectation));
  return [wrongValue(path, found, either([...new Set(expected)]))];
}

const fitsList = (branch: readonly Issue[]) => branch.every(({ code }) => code === 'too_small' || code === 'too_big');

function formMeant(
  path: FieldPath,
  keys: readonly string[],
  branches: readonly (readonly Issue[])[],
): readonly Issue[] | { problem: Problem } | undefined {
  const forms = fieldsAt(path);
  if (forms.length !== branches.length) return undefined;
  const touched = forms.flatMap((fields, at) => (keys.some((key) => fields.includes(key)) ? [at] : []));
  const [only] = touched;
  if (touched.length === 1 && only !== undefined) return branches[only];
  const typo = touched.length === 0 ? keys.find((key) => nearest(key, forms.flat()) !== undefined) : undefined;
  if (typo !== undefined) return { problem: unknownField(path, typo, forms.flat()) };
  return { problem: mixedForms(path, keys, forms) };
}

/** What a valid value would be, as a noun phrase. */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return atLeast(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return atMost(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    // The messages of formats and of our own checks are written as what is expected.
    default:
      return issue.message;
  }
}

const typeNames: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of fields',
  record: 'a mapping of fields',
};

function atLeast(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === 'array') return `a list of at least ${minimum}`;
  if (origin === 'string')
    return minimum === 1 ? 'a string that is not empty' : `a string of at least ${minimum} characters`;
  return `a number ${inclusive ? 'of at least' : 'above'} ${minimum}`;
}

function atMost(origin: string, maximum: number, inclusive: boolean): string {
  if (origin === 'array') return `a list of at most ${maximum}`;
  if (origin === 'string') return `a string of at most ${maximum} characters`;
  return `a number ${inclusive ? 'of at most' : 'below'} ${maximum}`;
}

const choices = (issue: Issue): string[] => (issue.code === 'invalid_value' ? issue.values.map(String) : []);

function either(phrases: readonly string[]): string {
  return phrases.length < 2 ? phrases.join('') : `${phrases.slice(0, -1).join(', ')} or ${phrases.at(-1)}`;
}

function valueAt(data: unknown, path: FieldPath): unknown {
  let value = data;
  for (const part of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** `source.rowId: missing; expected a string`, or without field where the whole file is meant. */
export function problemLine({ path, message }: Problem): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`;
}
