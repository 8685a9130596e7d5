import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { past } from '../../activities/past.ts';
import type { World } from '../../activities/world.ts';
import { storeDeletion } from '../../ledger/deletions.ts';
import { nameObservations, pastObservations } from '../../ledger/observations.ts';
import { pastEvidence, skippedSince } from '../../ledger/pastJudgements.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { warningsOf } from '../../ledger/warnings.ts';
import { osUser } from '../../schemas/actor.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore } from '../../store/openStore.ts';
import { apply, claim, crown, definition, hashOf, identity, judge, model, prepare } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { storePlace } from '../storePlace.ts';

test('a model that was deleted and applied again has no past, and nothing is warned of', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const root = mkdtempSync(join(tmpdir(), 'reign-past-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  await apply(db);
  const first = await prepare({ db, week: 1 });
  await nameObservations(db, { id: first, attempt: 1 }, hashOf('observations'));
  await judge({ db, week: 1 }, 'keep');
  await recordOutcome(db, first, { status: 'kept' });
  await claim({ db, week: 2 });
  await recordOutcome(db, identity({ week: 2 }).id, { status: 'skipped', summary: 'In vain.' });
  // What the deletion took from the store was there before.
  const before = { evidence: [hashOf('evidence 1 1')], observations: [hashOf('observations')], skipped: 1 };
  const named = async (asOf: string) => ({
    evidence: await pastEvidence(db, model, 'live', asOf),
    observations: await pastObservations(db, model, 'live', asOf),
    skipped: await skippedSince(db, model, 'live', asOf),
  });
  const { asOf } = identity({ week: 3 });
  expect(await named(asOf)).toEqual(before);

  const asked = { model, definitionVersion: 1, forced: false, reason: 'not used any more', actor: osUser('ada') };
  await storeDeletion(db, asked);
  await apply(db);
  expect(await named(asOf)).toEqual({ evidence: [], observations: [], skipped: 0 });
  const { cycle } = await claim({ db, week: 3, definitionVersion: 2 });
  const world = { ledger: { db, close: async () => {} }, store: openStore(root) } as unknown as World;
  await past(world, { id: cycle.id, model, lineage: 'live', asOf, definition: definition() });
  expect(await warningsOf(db, cycle.id)).toEqual([]);
});

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
