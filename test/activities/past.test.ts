import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { past } from '../../activities/past.ts';
import type { World } from '../../activities/world.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { openStore } from '../../store/openStore.ts';
import { apply, crown, definition, hashOf, identity, judge, model, prepare } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';

test('one damaged document of an earlier cycle fails no later one', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const root = mkdtempSync(join(tmpdir(), 'reign-past-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  await apply(db);
  await prepare({ db, week: 1 });
  await crown({ db, week: 1 }, await judge({ db, week: 1 }));
  await recordOutcome(db, identity({ week: 1 }).id, { status: 'promoted' });
  mkdirSync(join(root, 'evidence'));
  writeFileSync(join(root, 'evidence', hashOf('evidence 1 1')), '{"damaged": true}');
  const world = { ledger: { db, close: async () => {} }, store: openStore(root) } as unknown as World;
  const { asOf } = identity({ week: 2 });
  expect(await past(world, { model, lineage: 'live', asOf, definition: definition() })).toEqual({
    evidence: [],
    observations: [],
    lastPredictions: null,
  });
});
