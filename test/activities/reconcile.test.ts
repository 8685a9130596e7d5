import { utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test } from 'vitest';
import { reconcileActivities } from '../../activities/reconcile.ts';
import { installationId } from '../../ledger/reconciliations.ts';
import type { ReconcileSummary } from '../../schemas/steps.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore } from '../../store/openStore.ts';
import { hashOf, prepare, snapshot } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { applyReadable, worldOf } from './world.ts';

test('the reconcile that Temporal schedules removes features whose retention has passed, and names those that wait for a trainer', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  // The activity knows no other time than now: what is in the store has to be old.
  const folder = await mkdtemp(join(tmpdir(), 'reign-retention-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [store, objects] = [openStore(folder), openObjects(folder)];
  const world = worldOf(ledger, { store });
  const [train, holdout] = [snapshot({ week: 1 }, 'train').contentHash, snapshot({ week: 1 }, 'holdout').contentHash];
  const rows = async (name: string, hash: string) => {
    const manifest = { contentHash: hash, fileHash: hashOf('rows') };
    await objects.put(`${name}/rows.parquet`, Buffer.from('rows'));
    await objects.put(`${name}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
    const old = new Date(Date.now() - 40 * 86_400_000);
    utimesSync(join(folder, name), old, old);
  };
  for (const name of [`snapshots/${train}`, `snapshots/${holdout}`, `rowids/${holdout}`])
    await rows(name, name.slice(-64));
  await applyReadable(ledger, { retention: { features: 'P30D' } });
  await prepare({ db, week: 1 });
  const ended = new Date(Date.now() - 35 * 86_400_000).toISOString();
  await db.updateTable('cycles').set({ status: 'cancelled', ended_at: ended }).execute();

  const installation = await installationId(db);
  const { reconcile } = reconcileActivities(world, {} as Client);
  const run = async (): Promise<ReconcileSummary> => await new MockActivityEnvironment().run(reconcile, installation);
  expect(await run()).toMatchObject({ featuresRemoved: 1, withoutRowIds: [train] });
  expect((await store.list('snapshots')).map(({ name }) => name)).toEqual([train]);
  await rows(`rowids/${train}`, train);
  expect(await run()).toMatchObject({ featuresRemoved: 1, withoutRowIds: [] });
  expect(await store.list('snapshots')).toEqual([]);
  expect(await run()).toMatchObject({ featuresRemoved: 0, withoutRowIds: [] });
});
