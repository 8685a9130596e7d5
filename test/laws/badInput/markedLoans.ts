import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client as Postgres } from 'pg';
import { expect } from 'vitest';
import { readDefinitionFolder } from '../../../cli/readDefinitionFolder.ts';
import { storeDefinition } from '../../../ledger/definitions.ts';
import { DefinitionContent, storeContent } from '../../../operations/definitionContent.ts';
import { osUser } from '../../../schemas/actor.ts';
import { homeOf } from '../../../settings/home.ts';
import { openObjects } from '../../../store/openObjects.ts';
import { useStack } from '../useStack.ts';
import { type Changes, writeDefinition } from './definitions.ts';

export const asOf = '2024-03-04';

/** Row ids, accounts and texts of the marked loans, as they look wherever they turn up. */
export const rowValue = /(?<!\d)900000\d{6}(?!\d)|(?<!\d)7777\d{6}(?!\d)|qz-/;

/** The run's stack with the marked loans in its warehouse, and models that are trained on them. */
export async function useMarkedLoans() {
  const stack = await useStack();
  const { settings, client, ledger, store, root } = stack;

  async function inWarehouse(statements: string): Promise<void> {
    const warehouse = new Postgres({ connectionString: settings.loadingConnections.warehouse });
    await warehouse.connect();
    try {
      await warehouse.query(statements);
    } finally {
      await warehouse.end();
    }
  }

  await inWarehouse(readFileSync(join(import.meta.dirname, 'marked.sql'), 'utf8'));

  const apply = (model: string, changes?: Changes) => stack.apply(writeDefinition(root, model, changes));

  /** Stores a definition that `apply` would refuse: one that held when it was applied, in an environment that has changed. */
  async function storeUnchecked(model: string, changes: Changes): Promise<void> {
    const content = await readDefinitionFolder(writeDefinition(root, model, changes));
    const { definition, pack } = await storeContent(store, DefinitionContent.parse(content));
    const appliedBy = osUser('test');
    await storeDefinition(ledger.db, { definition, codeHash: pack?.hash ?? null, columns: [], appliedBy });
  }

  const start = (model: string, time = asOf) => stack.start(model, time);

  const retrain = (model: string, time = asOf) => stack.retrain(model, time);

  /** After which errors steps of a cycle were tried again. On a busy machine some are, after a missing heartbeat. */
  async function retriedAfter(id: string): Promise<string[]> {
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    const failures = (events ?? []).map((event) => event.activityTaskStartedEventAttributes?.lastFailure);
    return failures.flatMap((failure) => failure?.applicationFailureInfo?.type ?? []);
  }

  /** How many versions a model has, and of each run how it ended and how its cycle did. */
  async function inMlflow(model: string): Promise<{ versions: number; runs: string[] }> {
    const ask = async (path: string, body?: object) => {
      const post = body && {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      };
      const response = await fetch(`${settings.trackerUri}/api/2.0/mlflow/${path}`, post);
      return (await response.json()) as Record<string, unknown>;
    };
    const filter = encodeURIComponent(`name='${model}'`);
    const { model_versions: versions = [] } = await ask(`model-versions/search?filter=${filter}`);
    const { experiment } = await ask(`experiments/get-by-name?experiment_name=${model}`);
    const ids = experiment === undefined ? [] : [(experiment as { experiment_id: string }).experiment_id];
    const { runs = [] } = ids.length === 0 ? {} : await ask('runs/search', { experiment_ids: ids });
    type Run = { info: { status: string }; data: { tags: { key: string; value: string }[] } };
    const told = (runs as Run[]).map(({ info, data }) => {
      const outcome = data.tags.find(({ key }) => key === 'reign.status')?.value;
      return `${info.status}, ${outcome}`;
    });
    return { versions: (versions as unknown[]).length, runs: told };
  }

  /** Looks through every log of Reign, the ledger and the workflow histories; answers how many those are. */
  async function expectNoRowValues(): Promise<number> {
    // Postgres and what it logs belong to whoever owns the data.
    const logs = homeOf({ REIGN_HOME: settings.home }).logs;
    const names = readdirSync(logs).filter((name) => name !== 'postgres.log');
    expect(names).toEqual(expect.arrayContaining(['mlflow.log', 'trainer.log', 'worker.log']));
    for (const name of names) expectNoRowValue(name, readFileSync(join(logs, name), 'utf8'));
    for (const table of tables) {
      const { rows } = await sql`select * from ${sql.table(`reign.${table}`)}`.execute(ledger.db);
      expectNoRowValue(table, JSON.stringify(rows));
    }
    // What is too large for Temporal lies here.
    const objects = openObjects(settings.store);
    for (const { name } of await objects.list('payloads'))
      expectNoRowValue(name, (await objects.read(`payloads/${name}`)).toString('utf8'));
    let histories = 0;
    for await (const { workflowId, runId } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      expectNoRowValue(workflowId, textOf(history));
      histories++;
    }
    return histories;
  }

  return {
    ...stack,
    applyFile: stack.apply,
    apply,
    storeUnchecked,
    start,
    retrain,
    inWarehouse,
    retriedAfter,
    inMlflow,
    expectNoRowValues,
  };
}

const tables = ['cycles', 'attempts', 'events', 'snapshots', 'versions', 'judgements', 'promotions'];

function expectNoRowValue(where: string, text: string): void {
  const found = rowValue.exec(text);
  expect(found && `${where}: ${text.slice(Math.max(0, found.index - 200), found.index + 100)}`, where).toBeNull();
}

/** All texts of a message from Temporal, those in its payloads too. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('\n');
}
