import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { past } from '../../activities/past.ts';
import type { World } from '../../activities/world.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { warningsOf } from '../../ledger/warnings.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore } from '../../store/openStore.ts';
import { apply, claim, crown, definition, hashOf, identity, judge, model, prepare } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { storePlace } from '../storePlace.ts';

test('one damaged document of an earlier cycle fails no later one, which warns of it', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const root = mkdtempSync(join(tmpdir(), 'reign-past-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  await apply(db);
  await prepare({ db, week: 1 });
  await crown({ db, week: 1 }, await judge({ db, week: 1 }));
  await recordOutcome(db, identity({ week: 1 }).id, { status: 'promoted' });
  const place = storePlace(root);
  await openObjects(place).put(`evidence/${hashOf('evidence 1 1')}`, Buffer.from('{"damaged": true}'));
  const world = { ledger: { db, close: async () => {} }, store: openStore(place) } as unknown as World;
  const { asOf } = identity({ week: 2 });
  const { cycle } = await claim({ db, week: 2 });
  for (const _ of ['first attempt of the activity', 'second']) {
    expect(await past(world, { id: cycle.id, model, lineage: 'live', asOf, definition: definition() })).toEqual({
      evidence: [],
      observations: [],
      lastPredictions: null,
    });
  }
  expect(await warningsOf(db, cycle.id)).toEqual([
    `What earlier cycles left behind cannot be read, so it was left out: evidence/${hashOf('evidence 1 1').slice(0, 12)}. The files are missing from the store or damaged.`,
  ]);
});
