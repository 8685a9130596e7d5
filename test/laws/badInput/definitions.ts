import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { loansFolder } from '../servers.ts';

/** What a definition of the marked loans has of its own. */
export interface Changes {
  readonly query?: string;
  /** A file of pipelines/; default: the loans' own. */
  readonly pipeline?: string;
  /** What is replaced in the pipeline's text. */
  readonly code?: readonly [from: string, to: string];
  /** Fields that are put over the others. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** The query with some expressions in place of the columns. */
export function selecting(columns: Readonly<Record<string, string>> = {}): string {
  const names = ['loan_id', 'applied_at', 'account', 'income', 'debt', 'purpose', 'outcome'];
  const list = names.map((name) => (columns[name] === undefined ? name : `${columns[name]} as ${name}`));
  return `select ${list.join(', ')} from marked`;
}

/** Writes a definition with its pipeline into a folder of its own; answers its path. */
export function writeDefinition(root: string, model: string, changes: Changes = {}): string {
  const { query = selecting(), pipeline, code, fields } = changes;
  const folder = join(root, model);
  mkdirSync(folder, { recursive: true });
  const loans = parse(readFileSync(join(loansFolder, 'loans.yaml'), 'utf8')) as { source: object };
  const source = { ...loans.source, query, features: ['account', 'income', 'debt', 'purpose'] };
  const path = join(folder, `${model}.yaml`);
  writeFileSync(path, stringify({ ...loans, model, source, ...fields }));
  const text = readFileSync(
    pipeline === undefined ? join(loansFolder, 'pipeline.py') : join(import.meta.dirname, 'pipelines', pipeline),
    'utf8',
  );
  if (code !== undefined && !text.includes(code[0])) throw new Error(`${code[0]} is not in ${pipeline}`);
  writeFileSync(join(folder, 'pipeline.py'), code === undefined ? text : text.replace(code[0], () => code[1]));
  return path;
}
