/**
 * Records a release, so that later ones can prove that they go on from it:
 *
 * ```
 * node test/releases/record.ts VERSION [--ledger-only MODEL]
 * ```
 *
 * Run it at the release's commit against the running stack, after cycles whose definitions lie in
 * `test/releases/VERSION/definitions`. It leaves the ledger, the store, MLflow's files and the workflow histories there,
 * with what the release itself answers about them. Of a model that is `--ledger-only` the rows of the store, MLflow's
 * artifacts and the histories are left out, for their size.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { loadSettings } from '../../settings/settings.ts';
import { claimCheck } from '../../store/claimCheck.ts';
import { documentKinds, openStore, rowsKinds } from '../../store/openStore.ts';
import { recordHistory } from '../workflows/recordHistory.ts';
import { ledgerAsSql } from './ledgerAsSql.ts';
import { sumsOf } from './restore.ts';

const { values, positionals } = parseArgs({
  options: { 'ledger-only': { type: 'string', multiple: true, default: [] } },
  allowPositionals: true,
});
const [version] = positionals;
if (version === undefined) throw new Error('name the version: node test/releases/record.ts VERSION');
const ledgerOnly = values['ledger-only'];
const folder = join(import.meta.dirname, version);
const settings = loadSettings(process.env);
const scratch = mkdtempSync(join(tmpdir(), 'reign-record-'));

/** Reign as an operator runs it, on the copy of the store. */
function reign(...args: string[]): unknown {
  const env = { ...process.env, REIGN_STORE: join(scratch, 'store') };
  return JSON.parse(execFileSync(process.execPath, ['cli/reign.ts', ...args, '--json'], { env }).toString());
}

const db = new Postgres({ connectionString: settings.ledgerUrl });
await db.connect();
const { rows: cycles } = await db.query<{ id: string; model: string }>(
  'select id, model from reign.cycles order by id',
);
const { rows: extracts } = await db.query<{ hash: string }>(
  'select content_hash as hash from reign.cycle_snapshots join reign.cycles on id = cycle where model = any($1)',
  [ledgerOnly],
);
const { rows: judged } = await db.query<{ evidence: string }>(
  'select evidence from reign.judgements where model = any($1)',
  [ledgerOnly],
);
await db.end();
writeFileSync(join(folder, 'ledger.sql'), await ledgerAsSql(settings.ledgerUrl));

/** Evidence names the predictions that it was measured on. */
const named = judged.flatMap(
  ({ evidence }) => readFileSync(join(settings.store, 'evidence', evidence), 'utf8').match(/[0-9a-f]{64}/g) ?? [],
);
const left = new Set([...extracts.map(({ hash }) => hash), ...named]);
for (const kind of [...documentKinds, ...rowsKinds]) {
  cpSync(join(settings.store, kind), join(scratch, 'store', kind), {
    recursive: true,
    filter: (path) => !left.has(basename(path)) || !(rowsKinds as readonly string[]).includes(kind),
  });
}

const mlflow = join(settings.home, 'mlflow');
mkdirSync(join(scratch, 'mlflow'));
const tracked = new DatabaseSync(join(mlflow, 'mlflow.db'), { readOnly: true });
tracked.exec(`vacuum into '${join(scratch, 'mlflow', 'mlflow.db')}'`);
const experiments = tracked.prepare('select experiment_id as id, name from experiments').all();
tracked.close();
const leftExperiments = experiments
  .filter(({ name }) => ledgerOnly.includes(String(name)))
  .map(({ id }) => join(mlflow, 'artifacts', String(id)));
cpSync(join(mlflow, 'artifacts'), join(scratch, 'mlflow', 'artifacts'), {
  recursive: true,
  filter: (path) => !leftExperiments.includes(path),
});

const models = [...new Set(cycles.map(({ model }) => model))];
const answers = Object.fromEntries(
  models.map((model) => [
    model,
    {
      // Without its rows there is nothing to recompute.
      ...(!ledgerOnly.includes(model) && { verify: reign('verify', '--all', model) }),
      cycles: reign('cycles', model),
      history: reign('history', model),
      budget: reign('budget', model),
    },
  ]),
);
writeFileSync(join(folder, 'answers.json'), `${JSON.stringify(answers, null, 1)}\n`);

for (const part of ['store', 'mlflow']) {
  execFileSync('tar', ['-czf', join(folder, `${part}.tar.gz`), '-C', scratch, part]);
}

mkdirSync(join(folder, 'histories'), { recursive: true });
const connection = await Connection.connect(settings.temporal.connectionOptions);
const client = new Client({ connection, namespace: settings.temporal.namespace });
for (const { id, model } of cycles) {
  if (ledgerOnly.includes(model)) continue;
  await recordHistory(client, claimCheck(openStore(settings.store)), id, join(folder, 'histories'));
}
await connection.close();

writeFileSync(join(folder, 'SHA256SUMS'), `${sumsOf(folder).join('\n')}\n`);
rmSync(scratch, { recursive: true });
