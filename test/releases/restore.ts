import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { type TestDatabase, withDatabase } from '../postgres.ts';
import { filesOf } from './recorded.ts';

export const releaseFolder = (version: string): string => join(import.meta.dirname, version);

/** What a release left, in databases of the run's Postgres and in a home's folder. */
export interface Restored {
  readonly ledger: TestDatabase;
  readonly warehouse: TestDatabase;
}

/** Puts a recorded release's ledger and warehouse into fresh databases, and its store and MLflow's files into a home. */
export async function restoreRelease(version: string, home: string): Promise<Restored> {
  const folder = releaseFolder(version);
  for (const part of ['store', 'mlflow']) {
    execFileSync('tar', ['-xzf', join(folder, `${part}.tar.gz`), '-C', home, '--no-same-owner']);
  }
  const [ledger, warehouse] = [await withDatabase(), await withDatabase()];
  await runFile(ledger.url, join(folder, 'ledger.sql'));
  await runFile(warehouse.url, join(folder, 'warehouse.sql'));
  return { ledger, warehouse };
}

/** Runs a file of SQL on a database. */
export async function runFile(url: string, file: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(readFileSync(file, 'utf8'));
  } finally {
    await client.end();
  }
}

/** `HASH  PATH` of each file, as `SHA256SUMS` lists them. */
export function sumsOf(folder: string): string[] {
  return filesOf(folder).map(
    (path) =>
      `${createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}  ${path}`,
  );
}
