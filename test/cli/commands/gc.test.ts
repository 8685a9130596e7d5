import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { installationId } from '../../../ledger/reconciliations.ts';
import { openObjects } from '../../../store/openObjects.ts';
import { openStore } from '../../../store/openStore.ts';
import { apply } from '../../ledger/scene.ts';
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
