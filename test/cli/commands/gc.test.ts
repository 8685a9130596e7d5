import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { storeDefinition } from '../../../ledger/definitions.ts';
import { installationId } from '../../../ledger/reconciliations.ts';
import { osUser } from '../../../schemas/actor.ts';
import { openObjects } from '../../../store/openObjects.ts';
import { openStore } from '../../../store/openStore.ts';
import { apply, definition, hashOf, prepare, snapshot } from '../../ledger/scene.ts';
import { withLedger } from '../../ledger/withLedger.ts';
import { runCommand } from '../runCommand.ts';

const folder = mkdtempSync(join(tmpdir(), 'reign-gc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('gc says what to do about a store that may be another ledger’s, what it leaves, and that it failed', async () => {
  await using ledger = await withLedger();
  await apply(ledger.db);
  const place = join(folder, 'store');
  const [store, objects] = [openStore(place), openObjects(place)];
  await store.writeDocument('code', 'code');
  await store.writeDocument('payloads', 'of a workflow');
  await objects.put('snapshots/0 copy', Buffer.from('of a person'));
  const now = new Date(Date.now() + 31 * 86_400_000);
  const env = { REIGN_LEDGER_URL: ledger.url, REIGN_STORE: place, NO_COLOR: '1' };
  const gc = () => runCommand(['gc'], { env, now });

  const id = await installationId(ledger.db);
  const refused = await gc();
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`StoreShared`);
  expect(refused.stderr).toContain(
    `The store has no mark installations/${id} of this ledger. reign reconcile leaves it`,
  );

  await store.markInstallation(id);
  // The store fails: where a folder should be, there is a file.
  rmSync(join(place, 'staging'), { recursive: true });
  writeFileSync(join(place, 'staging'), '');
  const failed = await gc();
  expect(failed.stdout).not.toContain('Nothing to remove');
  expect([failed.code, failed.stdout]).toEqual([
    3,
    expect.stringMatching(/^store could not be cleaned completely: .+\n(?:.+\n)?Nothing was removed\.\n$/),
  ]);

  rmSync(join(place, 'staging'));
  const cleaned = await gc();
  expect([cleaned.code, cleaned.stdout]).toEqual([
    0,
    'Reign did not write this, and leaves it: "snapshots/0 copy"\npayloads: 1 object, 0.0 kB\nFreed 0.0 kB.\n',
  ]);
  expect((await gc()).stdout).toContain('Nothing to remove: what is older than P30D is still needed.');
});

test('gc says first which features would go, and by which rule', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await storeDefinition(db, {
    ...{ definition: { ...definition(), retention: { features: 'P60D' } }, codeHash: hashOf('code'), columns: [] },
    appliedBy: osUser('ada'),
  });
  await prepare({ db, week: 1 });
  await db.updateTable('cycles').set({ status: 'cancelled', ended_at: new Date().toISOString() }).execute();
  const place = join(folder, 'short-lived');
  const [store, objects] = [openStore(place), openObjects(place)];
  await store.markInstallation(await installationId(db));
  const { contentHash } = snapshot({ week: 1 }, 'train');
  for (const kind of ['snapshots', 'rowids']) {
    await objects.put(`${kind}/${contentHash}/rows.parquet`, Buffer.from('rows'));
    const manifest = { contentHash, fileHash: hashOf('rows') };
    await objects.put(`${kind}/${contentHash}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
  }
  const env = { REIGN_LEDGER_URL: ledger.url, REIGN_STORE: place, NO_COLOR: '1' };
  const gc = (days: number, ...more: string[]) =>
    runCommand(['gc', ...more], { env, now: new Date(Date.now() + days * 86_400_000) });
  expect((await gc(59, '--dry-run')).stdout).toMatch(/^Nothing to remove/);
  const rule = 'features of flight-delay (retention P60D): 1 snapshot, 0.2 kB';
  expect((await gc(61, '--dry-run')).stdout).toBe(`${rule}\nWould free 0.2 kB. Nothing was removed.\n`);
  expect(await store.hasRows('snapshots', contentHash)).toBe(true);
  expect((await gc(61)).stdout).toBe(`${rule}\nFreed 0.2 kB.\n`);
  expect([await store.hasRows('snapshots', contentHash), await store.hasRows('rowids', contentHash)]).toEqual([
    false,
    true,
  ]);
});
