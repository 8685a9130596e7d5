import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { migrate } from '../../ledger/migrate.ts';
import { type Ledger, openLedger } from '../../ledger/openLedger.ts';
import { compareOperation } from '../../operations/compare.ts';
import { perform } from '../../operations/operation.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { Definition } from '../../schemas/definition.ts';
import { openStore } from '../../store/openStore.ts';
import { runCommand } from '../cli/runCommand.ts';
import { type JudgedCycle, verifiedLedger } from '../cli/verifiedLedger.ts';
import { withLine } from '../definition/valid.ts';
import { type TestDatabase, withDatabase } from '../postgres.ts';
import { storePlace } from '../storePlace.ts';

let folder: string;
let store: string;
let database: TestDatabase;
let ledger: Ledger;
let judged: JudgedCycle[];
/** Of a second definition version; it has come to nothing yet. */
let running: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reign-compare-'));
  store = storePlace(folder);
  database = await withDatabase();
  ledger = openLedger(database.url);
  await migrate(ledger.db);
  judged = await verifiedLedger(ledger, store);
  const definition = Definition.parse(parse(withLine('train: P4W', '  train: P8W')));
  await storeDefinition(ledger.db, { definition, codeHash: 'c'.repeat(64), columns: [], appliedBy: osUser('ada') });
  const key = { model: definition.model, lineage: 'live', asOf: '2001-04-30T00:00:00Z', definitionVersion: 2 };
  running = cycleId(key);
  const window = { from: '2001-03-01T00:00:00Z', to: '2001-04-01T00:00:00Z' };
  const windows = { train: window, holdout: { from: window.to, to: key.asOf } };
  await claimCycle(ledger.db, { id: running, ...key, trigger: 'manual', windows, attemptToken: 'run' });
});
afterAll(async () => {
  await ledger.close();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const named = (cycle: string) => ({ cycle, lineage: 'live' });
const idOf = (at: number) => judged[at]?.id ?? '';

test('two judgements side by side: windows, versions, metrics with intervals, checks', async () => {
  const context = { ledger, store: openStore(store), temporal: () => Promise.reject(new Error('none runs')) };
  const { one, other, changes, report } = await perform(compareOperation, context, {
    ...{ one: named(idOf(0)), other: named(idOf(1)) },
  });
  expect([one.id, other.id, changes]).toEqual([idOf(0), idOf(1), []]);
  for (const name of ['train', 'challenger'] as const)
    expect(report.facts.find((fact) => fact.name === name)?.said.map((message) => message?.text)).toEqual([
      one.report.facts.find((fact) => fact.name === name)?.said.text,
      other.report.facts.find((fact) => fact.name === name)?.said.text,
    ]);
  const [first, second] = report.metrics.find(({ metric }) => metric === 'roc_auc')?.rows ?? [];
  expect(first?.challenger).toBe(one.measured?.metrics.roc_auc?.challenger);
  expect(second?.difference).toEqual(other.measured?.metrics.roc_auc?.difference);
  expect(second?.challenger).not.toBe(first?.challenger);
  // The first was judged against nobody: what compares with a champion it never made.
  expect(report.checks.find(({ name }) => name === 'primary')).toMatchObject({ made: [{ name: 'primary' }, {}] });
  expect(report.checks.some(({ same }) => !same)).toBe(true);
  expect(report.notes.map(({ id }) => id)).toEqual(['comparison.other-holdout']);
});

test('reign compare says what differs in the definition, and what only one of the two has', async () => {
  const { code, stdout } = await runCommand(['compare', idOf(0), running], {
    env: { REIGN_LEDGER_URL: database.url, REIGN_STORE: store },
  });
  expect(code).toBe(0);
  expect(stdout).toContain(`A  ${idOf(0)}\nB  ${running}\n`);
  expect(stdout).toMatch(/^status +promoted +running$/m);
  expect(stdout).toMatch(/^definition +version 1 +version 2$/m);
  expect(stdout).toContain('The definition, from A to B\n  windows.train: "P4W" -> "P8W"');
  expect(stdout).toContain('  B – not made');
  const byAsOf = await runCommand(['compare', 'flight-delay', '2001-04-30', '2001-05-07', '--json'], {
    env: { REIGN_LEDGER_URL: database.url, REIGN_STORE: store },
  });
  expect([byAsOf.code, byAsOf.json()]).toMatchObject([2, { error: { code: 'CycleUnknown' } }]);
});
