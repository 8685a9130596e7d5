import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeJudgement } from '../../ledger/judgements.ts';
import { installationId } from '../../ledger/reconciliations.ts';
import { gcOperation } from '../../operations/gc.ts';
import { perform } from '../../operations/operation.ts';
import { reconcileLedger } from '../../reconcile/reconcile.ts';
import { osUser } from '../../schemas/actor.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore, type Store } from '../../store/openStore.ts';
import { apply, claim, crown, hashOf, judgementOf, prepare } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { type S3Server, startS3Server } from '../s3Server.ts';
import { filesOf } from '../storeFiles.ts';

let server: S3Server;
let folder: string;
beforeAll(async () => {
  server = await startS3Server();
  folder = mkdtempSync(join(tmpdir(), 'reign-test-orphans-'));
}, 60_000);
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const makers = {
  folder: async () => mkdtempSync(join(folder, 'store-')),
  S3: () => server.makePlace(),
};
const inDays = (days: number) => () => new Date(Date.now() + days * 86_400_000);

describe.each(Object.entries(makers))('a store in %s', (_, makePlace) => {
  /** A store with what a promoted cycle needs, and with one of everything that nothing names. */
  async function filled({ db }: TestLedger, { isMarked = true } = {}) {
    const place = await makePlace();
    const [store, objects] = [openStore(place), openObjects(place)];
    const rows = async (kind: string, hash: string, renewBefore?: Date) => {
      const put = (file: string, content: string) =>
        objects.put(`${kind}/${hash}/${file}`, Buffer.from(content), renewBefore);
      await put('rows.parquet', `rows of ${hash}`);
      await put('manifest.json', JSON.stringify({ contentHash: hash }));
      return `${kind}/${hash}`;
    };
    await apply(db);
    await prepare({ db, week: 1 });
    const predictions = hashOf('predictions');
    const evidence = await store.writeDocument('evidence', JSON.stringify({ challenger: { predictions } }));
    const judgement = await storeJudgement(db, { ...(await judgementOf({ db, week: 1 })), evidence });
    await crown({ db, week: 1 }, judgement);
    // The cycle's outcome is not written: it has not ended.
    const needed = [
      ...[`evidence/${evidence}`, `code/${await store.writeDocument('code', 'code')}`],
      await rows('predictions', predictions),
      await rows('snapshots', hashOf('train 1 ')),
      await rows('rowids', hashOf('train 1 ')),
    ];
    const orphans = [
      `evidence/${await store.writeDocument('evidence', 'of nobody')}`,
      `code/${await store.writeDocument('code', 'of nobody')}`,
      `payloads/${await store.writeDocument('payloads', 'of a workflow')}`,
      await rows('predictions', hashOf('of nobody')),
      await rows('snapshots', hashOf('of nobody')),
      await rows('rowids', hashOf('of nobody')),
    ];
    await objects.put('fits/m-1/result.json', Buffer.from('{}'));
    await objects.put('staging/half/rows.parquet', Buffer.from('half'));
    orphans.push('fits/m-1', 'staging/half');
    const ledger = { db, close: async () => {} };
    const gc = (now: () => Date, asked: { dryRun?: boolean; olderThan?: string } = {}, parts: Partial<Store> = {}) => {
      const context = { ledger, store: { ...store, ...parts }, tracker: null, actor: osUser('ada'), now };
      return perform(gcOperation, { ...context, onEvent: () => {} }, asked);
    };
    if (isMarked) await store.markInstallation(await installationId(db));
    const absent = () => {
      throw new Error('it is down');
    };
    const found = async () => {
      const parts = { tracker: absent, client: absent, store: () => store };
      const { discrepancies } = await reconcileLedger({ ledger, repair: osUser('ada'), grace: 0 }, parts);
      return discrepancies.map(({ kind, outcome, text }) => `${kind} ${outcome}: ${text}`);
    };
    const left = async () => {
      const files = await filesOf(place);
      const has = (name: string) => files.some((file) => file === name || file.startsWith(`${name}/`));
      return { needed: needed.filter(has), orphans: orphans.filter(has) };
    };
    const endCycle = () =>
      db.updateTable('cycles').set({ status: 'promoted', ended_at: new Date().toISOString() }).execute();
    return { place, objects, store, rows, needed, orphans, evidence, predictions, gc, found, left, endCycle };
  }

  test('gc removes what nothing names after its time, says how much, and leaves what verifying needs', async () => {
    await using ledger = await withLedger();
    const { gc, left, needed, orphans, endCycle, found } = await filled(ledger);
    await endCycle();
    expect((await gc(inDays(0))).removed).toEqual([]);
    expect((await gc(inDays(29))).removed).toEqual([]);
    expect((await gc(inDays(29), { olderThan: 'P28D', dryRun: true })).bytes).toBeGreaterThan(0);
    const planned = await gc(inDays(31), { dryRun: true });
    expect(await left()).toEqual({ needed, orphans });
    const answer = await gc(inDays(31));
    expect({ ...answer, dryRun: true }).toEqual(planned);
    expect(Object.fromEntries(answer.removed.map(({ folder: of, objects }) => [of, objects]))).toEqual({
      ...{ evidence: 1, code: 1, payloads: 1, predictions: 1, snapshots: 1, rowids: 1, fits: 1, staging: 1 },
    });
    expect(answer.bytes).toBe(answer.removed.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(answer.removed.find(({ folder: of }) => of === 'payloads')?.bytes).toBe('of a workflow'.length);
    expect(await left()).toEqual({ needed, orphans: [] });
    expect((await gc(inDays(31))).removed).toEqual([]);
    expect(await found()).toEqual([]);
    await expect(gc(inDays(31), { olderThan: 'P1D' })).rejects.toMatchObject({ code: 'UsageInvalid' });
  });

  test('gc leaves everything that a cycle which has not ended may still name', async () => {
    await using ledger = await withLedger();
    const { gc, left, needed, orphans, endCycle } = await filled(ledger);
    expect((await gc(inDays(400))).removed).toEqual([]);
    await endCycle();
    await claim({ db: ledger.db, week: 2 });
    expect((await gc(inDays(400))).removed).toEqual([]);
    expect(await left()).toEqual({ needed, orphans });
  });

  test('what verifying needs and is gone is named once, and predictions that lost evidence may name stay', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { gc, left, found, store, evidence, predictions, endCycle } = await filled(ledger);
    await endCycle();
    await store.deleteRows('predictions', predictions);
    expect(await found()).toEqual([`object-missing recorded: predictions/${predictions} is no longer in the store`]);
    await store.deleteDocument('evidence', evidence);
    const known = async () => (await found()).toSorted();
    expect(await known()).toEqual([`object-missing recorded: evidence/${evidence} is no longer in the store`]);
    expect(await known()).toEqual([`object-missing known: evidence/${evidence} is no longer in the store`]);
    const events = await db.selectFrom('events').select('detail').where('kind', '=', 'object-missing').execute();
    expect(events.map(({ detail }) => detail)).toEqual([
      { object: `predictions/${predictions}` },
      { object: `evidence/${evidence}` },
    ]);
    await gc(inDays(31));
    expect((await left()).orphans).toEqual([`predictions/${hashOf('of nobody')}`]);
  });

  test('gc removes nothing of a store without the mark of its ledger, or that another installation uses too', async () => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { place, store, gc, left, found, needed, orphans, endCycle } = await filled(ledger, { isMarked: false });
    await endCycle();
    const own = await installationId(db);
    await expect(gc(inDays(31))).rejects.toMatchObject({ code: 'StoreShared', situation: 'noMark' });
    await expect(gc(inDays(31), { dryRun: true })).rejects.toMatchObject({ code: 'StoreShared' });
    // Reconcile leaves the mark, once, because the ledger names something here.
    await found();
    await found();
    expect(await store.installations()).toEqual([own]);

    // Another ledger, which names nothing here: it leaves no mark, and may not remove anything.
    await using stranger = await withLedger();
    // The tests' ledgers are copies of one, and have its id.
    await sql`alter table reign.installation disable trigger user`.execute(stranger.owner);
    await sql`update reign.installation set id = ${'0'.repeat(32)}`.execute(stranger.owner);
    const other = await installationId(stranger.db);
    const ofStranger = {
      ledger: { db: stranger.db, close: async () => {} },
      ...{ store: openStore(place), tracker: null, actor: osUser('ada'), now: inDays(31), onEvent: () => {} },
    };
    await expect(perform(gcOperation, ofStranger, {})).rejects.toMatchObject({
      code: 'StoreShared',
      message: expect.stringContaining(`installations/${own}`),
    });
    const nobody = () => Promise.reject(new Error('it is down'));
    const parts = { tracker: () => expect.unreachable(), client: nobody, store: () => store };
    await reconcileLedger({ ledger: ofStranger.ledger, repair: osUser('ada'), grace: 0 }, parts);
    expect(await store.installations()).toEqual([own]);
    await store.markInstallation(other);
    await expect(gc(inDays(31))).rejects.toMatchObject({
      code: 'StoreShared',
      message: expect.stringContaining(`installations/${other}`),
    });
    expect(await left()).toEqual({ needed, orphans });
    // Its only mark is its own, and yet the ledger names nothing here: it may have been restored from an early backup.
    await openObjects(place).delete(`installations/${own}`);
    await expect(perform(gcOperation, ofStranger, {})).rejects.toMatchObject({
      code: 'StoreShared',
      situation: 'namesNothing',
    });
    expect(await left()).toEqual({ needed, orphans });
  });

  test('gc leaves what was stored again while it looked, and row ids as long as their snapshot', async () => {
    await using ledger = await withLedger();
    const { objects, store, rows, gc, left, orphans, endCycle } = await filled(ledger);
    await endCycle();
    // S3 knows the time of an object to the second.
    await sleep(1_100);
    const list: Store['list'] = async (folder) => {
      const listed = await store.list(folder);
      if (folder !== 'staging') return listed;
      await sleep(1_100);
      await objects.put(`evidence/${hashOf('of nobody')}`, Buffer.from('of nobody'), inDays(1)());
      await rows('snapshots', hashOf('of nobody'), inDays(1)());
      return listed;
    };
    const [again] = orphans;
    const kept = [again, `snapshots/${hashOf('of nobody')}`, `rowids/${hashOf('of nobody')}`];
    await gc(inDays(31), {}, { list });
    expect((await left()).orphans).toEqual(kept);
    const { modified } = (await store.about('snapshots', hashOf('of nobody'))) ?? expect.unreachable();
    await gc(() => new Date(modified.getTime() + 30 * 86_400_000));
    expect((await left()).orphans).toEqual(expect.arrayContaining(kept.slice(1)));
    // Once both are old enough, they are counted together, and go together.
    const planned = await gc(inDays(31), { dryRun: true });
    expect(planned.removed).toContainEqual(expect.objectContaining({ folder: 'rowids', objects: 1 }));
    expect({ ...(await gc(inDays(31))), dryRun: true }).toEqual(planned);
    expect((await left()).orphans).toEqual([]);
  });

  test('gc says what it removed before the store failed, and leaves what Reign did not write', async () => {
    await using ledger = await withLedger();
    const { objects, store, gc, left, needed, orphans, endCycle } = await filled(ledger);
    await endCycle();
    await objects.put('payloads/0 copy', Buffer.from('of a person'));
    let removals = 0;
    const remove: Store['remove'] = async (...asked) => {
      if (++removals > 2) throw new Error('access denied');
      await store.remove(...asked);
    };
    const failed = await gc(inDays(31), {}, { remove });
    const gone = orphans.length - (await left()).orphans.length;
    expect(gone).toBeGreaterThanOrEqual(2);
    expect(failed.removed.reduce((sum, one) => sum + one.objects, 0)).toBe(gone);
    expect(failed.unchecked).toEqual([{ part: 'store', reason: 'access denied' }]);
    const answer = await gc(inDays(31));
    expect(answer).toMatchObject({ strays: ['payloads/0 copy'], unchecked: [] });
    expect(await left()).toEqual({ needed, orphans: [] });
    expect(await objects.modified('payloads/0 copy')).toBeInstanceOf(Date);
  });
});
