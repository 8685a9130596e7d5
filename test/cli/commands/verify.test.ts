import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalHash } from '../../../ledger/canonicalHash.ts';
import { migrate } from '../../../ledger/migrate.ts';
import { type Ledger, openLedger } from '../../../ledger/openLedger.ts';
import { openObjects } from '../../../store/openObjects.ts';
import { type TestDatabase, withDatabase } from '../../postgres.ts';
import { copyStore, filesOf, rowsFileOf } from '../../storeFiles.ts';
import { storePlace } from '../../storePlace.ts';
import { runCommand } from '../runCommand.ts';
import { type JudgedCycle, verifiedLedger } from '../verifiedLedger.ts';

let folder: string;
let template: TestDatabase;
let templateStore: string;
let judged: JudgedCycle[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reign-verify-'));
  template = await withDatabase();
  const ledger = openLedger(template.url);
  await migrate(ledger.db);
  templateStore = storePlace(join(folder, 'template'));
  judged = await verifiedLedger(ledger, templateStore);
  await ledger.close();
});
afterAll(async () => {
  await template[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Every test alters a copy of its own. */
let database: TestDatabase;
let ledger: Ledger;
let store: string;
beforeEach(async () => {
  database = await withDatabase({ template: template.name });
  ledger = openLedger(database.url);
  store = storePlace(join(folder, database.name));
  await copyStore(templateStore, store);
});
afterEach(async () => {
  await ledger.close();
  await database[Symbol.asyncDispose]();
});

const reign = (...args: string[]) =>
  runCommand(args, { env: { REIGN_LEDGER_URL: database.url, REIGN_STORE: store, NO_COLOR: '1' } });

const cycleAt = (at: number): JudgedCycle => {
  const one = judged[at];
  if (one === undefined) throw new Error(`there is no cycle ${at}`);
  return one;
};

/** What a superuser does who knows where the triggers are. */
async function edit(statement: string): Promise<void> {
  await ledger.db.transaction().execute(async (transaction) => {
    await sql`set local session_replication_role = replica`.execute(transaction);
    await sql.raw(statement).execute(transaction);
  });
}

test('all agree, to the bit, and nothing is written', async () => {
  const before = await filesOf(store);
  const all = await reign('verify', '--all', 'flight-delay');
  expect([all.code, all.stdout]).toEqual([
    0,
    `✓ ${cycleAt(0).id}  all agree, to the bit\n✓ ${cycleAt(1).id}  all agree, to the bit\n\n2 of 2 cycles agree\n`,
  ]);
  const one = await reign('verify', cycleAt(1).id, '--json');
  expect(one.json()).toMatchObject({ outcome: 'identical', cycles: [{ cycle: cycleAt(1).id, outcome: 'identical' }] });
  const parts = (one.json().cycles as { findings: { part: string }[] }[])[0]?.findings.map(({ part }) => part);
  expect(parts).toEqual(['definition', 'evidence', 'verdict', 'primary', 'policy', 'charge', 'promotion', 'cycle']);
  expect(await filesOf(store)).toEqual(before);
});

test('a ledger of an earlier release agrees, whose documents lack keys that came later', async () => {
  const lacking = (gate: string) => `#- '{${gate},approval}' #- '{${gate},undecidedSlices}'`;
  await edit(`update reign.judgements set policy = policy ${lacking('gate')}`);
  await edit(`update reign.definitions set document = document ${lacking('gate')} #- '{source,carry}'`);
  const { rows } = await sql<{ document: unknown; code_hash: string | null }>`
    select document, code_hash from reign.definitions`.execute(ledger.db);
  for (const { document, code_hash } of rows) {
    const hash = canonicalHash({ definition: document, codeHash: code_hash, columns: [] });
    await edit(`update reign.definitions set hash = '${hash}'`);
  }
  const all = await reign('verify', '--all', 'flight-delay');
  expect([all.code, all.stdout]).toEqual([0, expect.stringContaining('2 of 2 cycles agree')]);
});

describe('what was altered is named, and which cycle', () => {
  test('one byte of the stored predictions', async () => {
    const predictions = cycleAt(1).request.champion?.predictions ?? '';
    const file = await rowsFileOf(store, 'predictions', predictions);
    const bytes = await openObjects(store).read(file);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    await openObjects(store).put(file, bytes);
    const ran = await reign('verify', '--all', 'flight-delay');
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain(`✓ ${cycleAt(0).id}`);
    expect(ran.stdout).toContain(`✗ ${cycleAt(1).id}  something differs`);
    expect(ran.stdout).toContain(
      `judgement 1, evidence: recomputing fails: StoreCorrupt: The store's predictions/${predictions}`,
    );
    expect(ran.stdout).toContain('1 of 2 cycles agree; 1 differ');
  });

  test('the evidence itself', async () => {
    const file = `evidence/${cycleAt(1).evidence}`;
    const document = (await openObjects(store).read(file)).toString('utf8');
    await openObjects(store).put(file, Buffer.from(document.replace('"judged":', '"judged": ')));
    const ran = await reign('verify', cycleAt(1).id, '--json');
    expect([ran.code, ran.json()]).toMatchObject([5, { outcome: 'differs' }]);
    expect(ran.stdout).toContain(`evidence/${cycleAt(1).evidence} does not match its hash`);
  });

  test('the policy of a judgement, so that it decides otherwise', async () => {
    await edit(`update reign.judgements set policy = jsonb_set(policy, '{gate,minimumGain}', '0.9') where epoch = 1`);
    const ran = await reign('verify', '--all', 'flight-delay');
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain(`✓ ${cycleAt(0).id}`);
    expect(ran.stdout).toContain(`✗ ${cycleAt(1).id}`);
    for (const said of [
      'judgement 1, policy: is not that of definition version 1',
      'policy.gate.minimumGain: stored 0.9, expected 0',
      'judgement 1, verdict: differs',
      'verdict.kind: stored "promote", recomputed',
    ])
      expect(ran.stdout).toContain(said);
  });

  test("verdict, charge, promotion and the cycle's own row", async () => {
    await edit(`update reign.judgements set verdict = jsonb_set(verdict, '{kind}', '"keep"'),
      primary_result = jsonb_set(primary_result, '{challenger}', '0.99') where epoch = 1`);
    await edit('update reign.error_charges set alpha = 0.001 where champion_version = 1');
    await edit('update reign.promotions set version = 1 where epoch = 2');
    await edit('update reign.cycles set champion_version = null where challenger_version = 2');
    const ran = await reign('verify', cycleAt(1).id);
    expect(ran.code).toBe(5);
    for (const said of [
      'verdict.kind: stored "keep", recomputed "promote"',
      'primary.challenger: stored 0.99, recomputed 0.',
      'charge.alpha: stored 0.001, expected 0.025',
      'promotion.version: stored 1, expected 2',
      'promotion.verdict: stored "keep", expected "promote"',
      'cycle.champion: stored null, expected 1',
    ])
      expect(ran.stdout).toContain(said);
    expect(ran.stdout).not.toContain('judgement 1, evidence');
  });

  test('the definition, and the policy with it', async () => {
    const margin = `jsonb_set(%, '{gate,guardrails,0,margin}', '0.5')`;
    await edit(`update reign.judgements set policy = ${margin.replace('%', 'policy')}`);
    await edit(`update reign.definitions set document = ${margin.replace('%', 'document')}`);
    const ran = await reign('verify', cycleAt(1).id);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain('definition: version 1 does not match its hash');
  });
});

test('a rollback is part of it, with the cycle whose version it brought back', async () => {
  expect((await reign('rollback', 'flight-delay', '--reason', 'worse')).code).toBe(0);
  const fits = await reign('verify', cycleAt(0).id, '--json');
  expect(fits.json()).toMatchObject({ outcome: 'identical', cycles: [{ outcome: 'identical' }] });
  const findings = (fits.json().cycles as { findings: { part: string }[] }[])[0]?.findings;
  expect(findings?.map(({ part }) => part)).toContain('rollback');
  await edit(`update reign.requests set operation = 'retrain' where operation = 'rollback'`);
  const ran = await reign('verify', cycleAt(0).id);
  expect([ran.code, ran.stdout]).toEqual([
    5,
    expect.stringContaining(
      'rollback: the rollback of epoch 3 does not fit the reign that it restores, or its request',
    ),
  ]);
  expect(ran.stdout).toContain('rollback.request.operation: stored "retrain", expected "rollback"');
});

test('snapshots that are deleted: the row ids that are kept apart are enough', async () => {
  const { trainSnapshot } = cycleAt(1).request.challenger;
  await openObjects(store).delete(`snapshots/${trainSnapshot}`);
  const ran = await reign('verify', cycleAt(1).id);
  expect(ran.code).toBe(0);
});

test('row ids that are gone too: what can still be recomputed is, and the rest is said', async () => {
  const { trainSnapshot } = cycleAt(1).request.challenger;
  for (const kind of ['snapshots', 'rowids']) await openObjects(store).delete(`${kind}/${trainSnapshot}`);
  const ran = await reign('verify', cycleAt(1).id);
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain('what can still be recomputed agrees');
  expect(ran.stdout).toContain(`evidence: no longer in the store, so not recomputed: snapshots/${trainSnapshot}`);
});

test('nothing to verify, and a wrong way to ask', async () => {
  expect((await reign('verify', '--json')).json()).toMatchObject({ error: { code: 'UsageInvalid' } });
  expect((await reign('verify', 'x', '--all', 'flight-delay')).code).toBe(2);
  expect((await reign('verify', '--all', 'flight-dealy', '--json')).json()).toMatchObject({
    error: { code: 'ModelUnknown' },
  });
});

test('show draws the evidence into a folder', async () => {
  const plots = join(folder, 'plots');
  const ran = await reign('show', cycleAt(1).id, '--plots', plots);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('ROC AUC against the champion: better is to the right');
  expect(ran.stdout).toContain(join(plots, 'differences.png'));
  for (const name of ['differences', 'calibration', 'labels'])
    expect(existsSync(join(plots, `${name}.png`))).toBe(true);
});
