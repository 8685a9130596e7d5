import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { judgementsOf, storeJudgement } from '../../ledger/judgements.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import {
  apply,
  claim,
  crown,
  fitResult,
  hashOf,
  identity,
  judge,
  judgementOf,
  model,
  prepare,
  reign,
  snapshot,
  trackedRun,
  windows,
} from './scene.ts';
import { withLedger } from './withLedger.ts';

const refused = { code: 'LedgerConflict' };

test('the first champion is epoch 1, the next follows it', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  expect(await currentChampion(db, model, 'live')).toBeUndefined();
  expect(await reign({ db, week: 1 })).toEqual({ outcome: 'promoted', epoch: 1 });
  const { id, asOf } = identity({ week: 1 });
  expect(await currentChampion(db, model, 'live')).toEqual({
    model,
    lineage: 'live',
    epoch: 1,
    id,
    version: 1,
    cycle: id,
    asOf,
    modelUri: fitResult(id).modelUri,
    definitionVersion: 1,
    codeHash: hashOf('code'),
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    trainSnapshot: snapshot({ db, week: 1 }, 'train').contentHash,
    trainWindow: windows(1).train,
    environmentHash: hashOf('environment'),
    registeredAt: null,
    choseSnapshots: [snapshot({ db, week: 1 }, 'holdout').contentHash],
    run: trackedRun(id),
    promotedAt: expect.stringMatching(/Z$/),
    promotedBy: 'gate',
    reason: 'week 1 is better',
  });
  expect(await reign({ db, week: 2 })).toEqual({ outcome: 'promoted', epoch: 2 });
  expect((await currentChampion(db, model, 'live'))?.version).toBe(2);
});

test('a promotion that is asked for ten times at once happens once', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await prepare({ db, week: 1 });
  const judgement = await judge({ db, week: 1 });
  const results = await Promise.all(Array.from({ length: 10 }, () => crown({ db, week: 1 }, judgement)));
  expect(results.filter(({ outcome }) => outcome === 'promoted')).toHaveLength(1);
  expect(results.filter(({ outcome }) => outcome === 'already')).toHaveLength(9);
  expect(await crown({ db, week: 1 }, judgement)).toEqual({ outcome: 'already', epoch: 1 });
});

test('of two that beat the same champion at once one is crowned, the other learns who', async () => {
  await using ledger = await withLedger();
  const other = openLedger(ledger.url);
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  for (let week = 2; week <= 16; week += 2) {
    const rivals = [
      { db, week },
      { db: other.db, week: week + 1 },
    ];
    for (const rival of rivals) await prepare(rival);
    const judgements = await Promise.all(rivals.map((rival) => judge(rival)));
    const results = await Promise.all(rivals.map((rival, at) => crown(rival, judgements[at] ?? expect.unreachable())));
    const champion = await currentChampion(db, model, 'live');
    expect(champion?.epoch).toBe(week / 2 + 1);
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['conflict', 'promoted']);
    const lost = results.find(({ outcome }) => outcome === 'conflict');
    expect(lost).toMatchObject({ champion: { epoch: champion?.epoch, version: champion?.version } });
  }
  await other.close();
});

test('who lost the race may win against the new champion, by a new judgement only', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await prepare({ db, week: 3 });
  const stale = await judge({ db, week: 3 });
  await reign({ db, week: 2 });
  expect(await crown({ db, week: 3 }, stale)).toMatchObject({ outcome: 'conflict', champion: { version: 2 } });
  await expect(crown({ db, week: 3 }, { ...stale, epoch: 2 })).rejects.toMatchObject(refused);
  const fresh = await judge({ db, week: 3 }, 'promote', 2);
  expect(fresh).toMatchObject({ number: 2, epoch: 2, champion: 2 });
  expect(await crown({ db, week: 3 }, fresh)).toEqual({ outcome: 'promoted', epoch: 3 });
});

test('a line of champions does not go back to an earlier asOf', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await prepare({ db, week: 1 });
  await reign({ db, week: 2 });
  const late = await judge({ db, week: 1 });
  await expect(crown({ db, week: 1 }, late)).rejects.toMatchObject(refused);
});

test.for(['keep', 'review', 'insufficient', 'invalid'] as const)(
  'a judgement that says %s crowns nobody',
  async (kind) => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await apply(db);
    await prepare({ db, week: 1 });
    await expect(crown({ db, week: 1 }, await judge({ db, week: 1 }, kind))).rejects.toMatchObject(refused);
    expect(await currentChampion(db, model, 'live')).toBeUndefined();
  },
);

test('a promotion without judgement, of another version, after a gap or of another cycle’s judgement is refused', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await prepare({ db, week: 2 });
  await prepare({ db, week: 3 });
  const judgement = await judge({ db, week: 2 });
  const good = {
    cycle: identity({ week: 2 }).id,
    judgementNumber: 1,
    epoch: 0,
    version: 2,
    reason: 'because',
  };
  for (const bad of [
    { judgementNumber: 2 },
    { version: 3 },
    { version: 99 },
    { epoch: 1 },
    { epoch: -1 },
    { cycle: identity({ week: 3 }).id },
  ]) {
    await expect(promote(db, { ...good, ...bad })).rejects.toMatchObject(refused);
  }
  await expect(promote(db, { ...good, cycle: 'nothing' })).rejects.toMatchObject({ code: 'CycleUnknown' });
  expect(await crown({ db, week: 2 }, judgement)).toEqual({ outcome: 'promoted', epoch: 1 });
});

test('a judgement names the champion that reigned at its epoch', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await prepare({ db, week: 2 });
  const judgement = await judgementOf({ db, week: 2 });
  for (const bad of [
    { epoch: 0 },
    { epoch: 2 },
    { champion: 2 },
    { champion: null, championCycle: null },
    { challenger: 1 },
    { verdict: { ...judgement.verdict, kind: 'perhaps' as 'keep' } },
  ]) {
    await expect(storeJudgement(db, { ...judgement, ...bad })).rejects.toMatchObject(refused);
  }
  expect(await judgementsOf(db, identity({ week: 2 }).id)).toEqual([]);
});

test('a judgement is stored once: a retry gets it back, other evidence under its number is refused', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await prepare({ db, week: 1 });
  const judgement = await judgementOf({ db, week: 1 });
  const stored = await Promise.all(Array.from({ length: 5 }, () => storeJudgement(db, judgement)));
  expect(stored[4]).toEqual(stored[0]);
  expect(await judgementsOf(db, judgement.cycle)).toEqual([stored[0]]);
  await expect(storeJudgement(db, { ...judgement, evidence: hashOf('other') })).rejects.toMatchObject(refused);
});

test('what an attempt judged that was given up crowns nobody', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const id = await prepare(actor);
  const old = await judge(actor);
  const { cycle, judgements } = await claim(actor, 'another run');
  expect({ attempt: cycle.attempt, judgements }).toEqual({ attempt: 2, judgements: 1 });
  expect(await judgementsOf(db, id)).toEqual([]);
  await expect(crown(actor, old)).rejects.toMatchObject(refused);
  await prepare(actor, 'another run');
  // Late activities of the attempt that was given up.
  await expect(judge(actor, 'promote', judgements + 1)).rejects.toMatchObject(refused);
  await expect(crown(actor, old)).rejects.toMatchObject(refused);
  const again = { ...actor, attempt: 2 };
  expect(await crown(actor, await judge(again, 'promote', judgements + 1))).toEqual({ outcome: 'promoted', epoch: 1 });
});

test('a cycle that ended crowns nobody', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await prepare({ db, week: 1 });
  const judgement = await judge({ db, week: 1 });
  await recordOutcome(db, id, { status: 'cancelled' });
  await expect(crown({ db, week: 1 }, judgement)).rejects.toMatchObject(refused);
});

test('cancelled and crowned at the same moment: one of the two, and the cycle says which', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (let week = 1; week <= 10; week++) {
    const id = await prepare({ db, week });
    const judgement = await judge({ db, week });
    const [crowned] = await Promise.allSettled([
      crown({ db, week }, judgement),
      recordOutcome(db, id, { status: 'cancelled' }),
    ]);
    const status = (await cycleById(db, id))?.status;
    const reigns = (await currentChampion(db, model, 'live'))?.cycle === id;
    expect(reigns).toBe(crowned.status === 'fulfilled');
    // Crowned after it was cancelled cannot be; cancelled after it was crowned says `promoted`.
    expect(status === 'promoted').toBe(reigns);
  }
});

test('promotions, judgements, events and the rest of history cannot be rewritten', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  for (const table of ['promotions', 'judgements', 'events', 'definitions', 'attempts', 'cycle_snapshots']) {
    const column = { promotions: 'reason', judgements: 'evidence', events: 'kind', definitions: 'hash' }[table];
    for (const statement of [
      `update reign.${table} set ${column ?? 'cycle'} = 'x'`,
      `delete from reign.${table} where false`,
      `truncate reign.${table} cascade`,
    ]) {
      await expect(sql.raw(statement).execute(owner), statement).rejects.toMatchObject(refused);
    }
  }
});

test('every lineage has its own champions', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  expect(await reign({ db, week: 2, lineage: 'backfill-1' })).toEqual({ outcome: 'promoted', epoch: 1 });
  expect((await currentChampion(db, model, 'live'))?.version).toBe(1);
  expect((await currentChampion(db, model, 'backfill-1'))?.version).toBe(2);
});
