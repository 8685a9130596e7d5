import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeDefinition } from '../../ledger/definitions.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { installationId } from '../../ledger/reconciliations.ts';
import { gcOperation } from '../../operations/gc.ts';
import { perform } from '../../operations/operation.ts';
import { type RemovedFeatures, removeExpiredFeatures } from '../../reconcile/expiredFeatures.ts';
import { findMissingObjects } from '../../reconcile/missingObjects.ts';
import { osUser } from '../../schemas/actor.ts';
import type { DefinitionSettings } from '../../schemas/definition.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore, type Store } from '../../store/openStore.ts';
import { claim, definition, hashOf, identity, model, prepare, snapshot } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { type S3Server, startS3Server } from '../s3Server.ts';

let server: S3Server;
let folder: string;
beforeAll(async () => {
  server = await startS3Server();
  folder = mkdtempSync(join(tmpdir(), 'reign-test-retention-'));
}, 60_000);
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const makers = {
  folder: async () => mkdtempSync(join(folder, 'store-')),
  S3: () => server.makePlace(),
};
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
const ada = osUser('ada');

const applyRetention = (db: TestLedger['db'], settings: DefinitionSettings, of = model) =>
  storeDefinition(db, {
    ...{ definition: { ...definition(), model: of, ...settings }, codeHash: hashOf('code'), columns: [] },
    appliedBy: ada,
  });

describe.each(Object.entries(makers))('a store in %s', (_, makePlace) => {
  /** A ledger whose first cycle has ended, with its two snapshots and their row ids in the store. */
  async function kept({ db }: TestLedger, settings: DefinitionSettings = { retention: { features: 'P90D' } }) {
    const place = await makePlace();
    const [store, objects] = [openStore(place), openObjects(place)];
    await store.markInstallation(await installationId(db));
    const rows = async (kind: string, hash: string) => {
      const bytes = Buffer.from(`rows of ${hash}`);
      await objects.put(`${kind}/${hash}/rows.parquet`, bytes);
      const manifest = { contentHash: hash, fileHash: hashOf(String(bytes)) };
      await objects.put(`${kind}/${hash}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
    };
    await applyRetention(db, settings);
    await prepare({ db, week: 1 });
    const [train, holdout] = [snapshot({ week: 1 }, 'train').contentHash, snapshot({ week: 1 }, 'holdout').contentHash];
    for (const hash of [train, holdout]) for (const kind of ['snapshots', 'rowids']) await rows(kind, hash);
    const end = (week: number, attempt = 1) =>
      db
        .updateTable('cycles')
        .set({ status: 'cancelled', ended_at: new Date().toISOString() })
        .where('id', '=', identity({ week }).id)
        .where('attempt', '=', attempt)
        .execute();
    await end(1);
    const ledger = { db, close: async () => {} };
    /** As the schedule does it, in so many days. */
    const remove = async (days: number, parts: Partial<Store> = {}) => {
      const removed: RemovedFeatures[] = [];
      const onRemoved = (one: RemovedFeatures) => void removed.push(one);
      const world = { ledger, store: { ...store, ...parts } };
      const withoutRowIds = await removeExpiredFeatures(world, { now: inDays(days), asked: null, onRemoved });
      return { removed: removed.map(({ hash }) => hash).toSorted(), withoutRowIds };
    };
    const gc = (days: number, dryRun = false) =>
      perform(
        gcOperation,
        { ledger, store, tracker: null, actor: ada, now: () => inDays(days), onEvent: () => {} },
        { dryRun, olderThan: 'P1000D' },
      );
    const there = async (kind: 'snapshots' | 'rowids') => (await store.list(kind)).map(({ name }) => name).toSorted();
    const recorded = () =>
      db.selectFrom('snapshot_removals').select(['content_hash', 'model', 'retention', 'actor', 'bytes']).execute();
    return { store, rows, end, remove, gc, there, recorded, ledger, both: [train, holdout].toSorted(), train, holdout };
  }

  test('features go so long after the last cycle that used them; row ids stay, and the ledger says what went by which rule', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { remove, there, recorded, both, store, ledger: of } = await kept(ledger);
    expect(await remove(89)).toEqual({ removed: [], withoutRowIds: [] });
    expect(await there('snapshots')).toEqual(both);
    expect((await remove(91)).removed).toEqual(both);
    expect([await there('snapshots'), await there('rowids')]).toEqual([[], both]);
    const rows = await recorded();
    expect(rows.map((row) => row.content_hash).toSorted()).toEqual(both);
    for (const row of rows)
      expect(row).toMatchObject({
        model,
        retention: 'P90D',
        actor: `schedule:${model}@internal`,
        bytes: expect.any(Number),
      });
    const events = () => db.selectFrom('events').select('detail').where('kind', '=', 'features-removed').execute();
    expect((await events()).map(({ detail }) => detail)).toEqual(
      rows.map((row) => expect.objectContaining({ snapshot: row.content_hash, retention: 'P90D' })),
    );
    // A second time there is nothing to do, and nothing is missed.
    expect(await remove(92)).toEqual({ removed: [], withoutRowIds: [] });
    expect([await recorded(), await events()]).toMatchObject([{ length: 2 }, { length: 2 }]);
    const world = { ledger: of, store, repair: null, grace: 0, evidenceRead: new Map() };
    expect((await findMissingObjects(world)).filter(({ text }) => both.some((hash) => text.includes(hash)))).toEqual(
      [],
    );
  });

  test('without retention everything stays, and what another model still keeps', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { remove, both } = await kept(ledger, {});
    expect((await remove(10_000)).removed).toEqual([]);
    await applyRetention(db, { retention: { features: 'P10D' } });
    // Another model with the same query has the same snapshot, for longer.
    const [other, id] = ['other', 'other.live.20010219T000000Z.v1'];
    const keep = async (features: string) => {
      await applyRetention(db, { retention: { features } }, other);
      await db
        .insertInto('cycles')
        .columns([
          'id',
          'model',
          'lineage',
          'as_of',
          'definition_version',
          'trigger',
          'status',
          'train_from',
          'train_to',
          'holdout_from',
          'holdout_to',
        ])
        .expression((eb) =>
          eb
            .selectFrom('cycles')
            .select((c) => [
              c.val(id).as('id'),
              c.val(other).as('model'),
              'lineage',
              'as_of',
              'definition_version',
              'trigger',
            ])
            .select((c) => [
              c.val('running' as const).as('status'),
              'train_from',
              'train_to',
              'holdout_from',
              'holdout_to',
            ])
            .where('model', '=', model),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    };
    await keep('P50D');
    await db.insertInto('attempts').values({ cycle: id, number: 1, token: 'one' }).execute();
    await nameSnapshots(db, { id, attempt: 1 }, [snapshot({ week: 1 }, 'train')]);
    await db
      .updateTable('cycles')
      .set({ status: 'cancelled', ended_at: new Date().toISOString() })
      .where('id', '=', id)
      .execute();
    expect((await remove(11)).removed).toEqual([snapshot({ week: 1 }, 'holdout').contentHash]);
    expect((await remove(51)).removed).toEqual([snapshot({ week: 1 }, 'train').contentHash]);
    const rows = await db.selectFrom('snapshot_removals').select(['content_hash', 'model', 'retention']).execute();
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map(({ content_hash }) => content_hash))).toEqual(new Set(both));
    expect(rows.filter((row) => row.model === other)).toMatchObject([{ retention: 'P50D' }]);
  });

  test('nothing goes that a cycle uses or is about to use, nor what was stored again', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { remove, rows, end, train, holdout, there, both, store } = await kept(ledger);
    // A new attempt begins: it will extract the same rows.
    await claim({ db, week: 1 }, 'run-2');
    expect((await remove(400)).removed).toEqual([]);
    // It has named one of them, and runs on.
    await nameSnapshots(db, { id: identity({ week: 1 }).id, attempt: 2 }, [snapshot({ week: 1 }, 'train')]);
    expect((await remove(400)).removed).toEqual([]);
    await end(1, 2);
    // Another cycle of the model begins while the first object goes: it waits, and the second stays.
    let claimed: Promise<unknown> | undefined;
    const deleteRows: Store['deleteRows'] = async (kind, hash) => {
      claimed ??= claim({ db, week: 2 });
      const first = await Promise.race([
        claimed.then(() => 'began'),
        store.deleteRows(kind, hash).then(() => 'deleted'),
      ]);
      expect(first).toBe('deleted');
    };
    // It has begun before the second one is looked at.
    const checkRows: Store['checkRows'] = async (...asked) => {
      await claimed;
      await store.checkRows(...asked);
    };
    const { removed } = await remove(400, { deleteRows, checkRows });
    expect(removed).toHaveLength(1);
    expect(await there('snapshots')).toEqual(both.filter((hash) => hash !== removed[0]));
    await end(2);
    // Someone tries the definition, and stores the rows again.
    for (const hash of [train, holdout]) await rows('snapshots', hash);
    expect((await remove(1.5)).removed).toEqual([]);
    expect((await remove(400)).removed).toEqual(both);
    expect(await db.selectFrom('snapshot_removals').select('id').execute()).toHaveLength(2);
  });

  test('features stay until their row ids are stored apart, and whole', async () => {
    await using ledger = await withLedger();
    const { remove, store, rows, train, holdout } = await kept(ledger);
    await store.deleteRows('rowids', train);
    expect(await remove(91)).toEqual({ removed: [holdout], withoutRowIds: [train] });
    await rows('rowids', train);
    expect(await remove(91)).toEqual({ removed: [train], withoutRowIds: [] });
  });

  test('what went without being written down is written down, and who shares the store is not robbed', async () => {
    await using ledger = await withLedger();
    const { remove, store, train, holdout, recorded, there } = await kept(ledger);
    await store.deleteRows('snapshots', train);
    await store.markInstallation('0'.repeat(32));
    await expect(remove(91)).rejects.toMatchObject({ code: 'StoreShared' });
    expect(await there('snapshots')).toEqual([holdout]);
    await store.remove('installations' as never, '0'.repeat(32));
    expect((await remove(91)).removed).toEqual([holdout]);
    const bytes = new Map((await recorded()).map((row) => [row.content_hash, row.bytes]));
    expect(bytes).toEqual(
      new Map([
        [train, null],
        [holdout, expect.any(Number)],
      ]),
    );
  });

  test('gc does the same for a person, says first what would go and why, and what it removed before the store failed', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { gc, both, there, recorded } = await kept(ledger);
    const planned = await gc(91, true);
    expect(planned.features.map(({ snapshot: hash }) => hash).toSorted()).toEqual(both);
    expect(planned.features[0]?.uses).toMatchObject([{ model, retention: 'P90D' }]);
    expect(planned.bytes).toBe(planned.features.reduce((sum, { bytes }) => sum + bytes, 0));
    expect([await there('snapshots'), await recorded()]).toEqual([both, []]);
    expect({ ...(await gc(91)), dryRun: true }).toEqual(planned);
    expect([await there('snapshots'), await there('rowids')]).toEqual([[], both]);
    const requests = await db.selectFrom('requests').select(['id', 'actor']).where('operation', '=', 'gc').execute();
    const rows = await db.selectFrom('snapshot_removals').select(['request', 'actor']).execute();
    expect(rows).toEqual([0, 1].map(() => ({ request: requests[0]?.id, actor: requests[0]?.actor })));
  });
});
