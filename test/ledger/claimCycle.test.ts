import { expect, test } from 'vitest';
import { cycleById, cyclesOf, previousCycle } from '../../ledger/cycles.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { namedSnapshots } from '../../ledger/snapshots.ts';
import { apply, claim, crown, hashOf, identity, judge, model, prepare, snapshot } from './scene.ts';
import { withLedger } from './withLedger.ts';

const failure = { code: 'FitFailed', message: 'it raised', advice: 'mend it', step: 'fit', traceback: null };

test('a claim opens a cycle; asking again, ten times at once, finds the same attempt', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const claims = await Promise.all(Array.from({ length: 10 }, () => claim({ db, week: 1 })));
  for (const { outcome, cycle, judgements } of claims) {
    expect({ outcome, attempt: cycle.attempt, judgements }).toEqual({ outcome: 'claimed', attempt: 1, judgements: 0 });
  }
  expect(await cycleById(db, identity({ week: 1 }).id)).toEqual({
    ...identity({ week: 1 }),
    kind: 'retrain',
    trigger: 'demo',
    status: 'running',
    waitsFor: null,
    attempt: 1,
    verdict: null,
    summary: null,
    challenger: null,
    champion: null,
    primary: null,
    rows: { train: null, holdout: null, judged: null },
    snapshots: { train: null, holdout: null },
    evidence: null,
    failure: null,
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    endedAt: null,
  });
});

test('another token takes over what failed, was cancelled or was ended from outside, as a new attempt', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const { id } = identity(actor);
  await claim(actor, 'a');
  await recordOutcome(db, id, { status: 'failed', failure, summary: 'it failed' });
  expect((await claim(actor, 'a')).cycle).toMatchObject({ status: 'failed', attempt: 1 });
  const again = await Promise.all(Array.from({ length: 10 }, () => claim(actor, 'b')));
  for (const { cycle } of again)
    expect(cycle).toMatchObject({ status: 'running', attempt: 2, failure: null, summary: null, endedAt: null });
  await recordOutcome(db, id, { status: 'cancelled' });
  expect((await claim(actor, 'c')).cycle).toMatchObject({ status: 'running', attempt: 3 });
  expect((await claim(actor, 'd')).cycle).toMatchObject({ status: 'running', attempt: 4 });
  await expect(claim(actor, 'c')).rejects.toMatchObject({ code: 'LedgerConflict' });
  await expect(recordOutcome(db, id, { status: 'failed', failure, attempt: 3 })).rejects.toMatchObject({
    code: 'LedgerConflict',
  });
});

test('a cycle is not promoted without a promotion', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await prepare({ db, week: 1 });
  await expect(recordOutcome(db, id, { status: 'promoted' })).rejects.toMatchObject({ code: 'LedgerConflict' });
  expect(await cycleById(db, id)).toMatchObject({ status: 'running' });
});

test('a settled cycle stays as it is', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const { id } = identity(actor);
  await claim(actor);
  const kept = await recordOutcome(db, id, { status: 'kept', verdict: 'keep', summary: 'No better.' });
  expect(await recordOutcome(db, id, { status: 'kept', summary: 'something else' })).toEqual(kept);
  expect(await claim(actor, 'later')).toMatchObject({ outcome: 'settled', cycle: kept });
  await expect(recordOutcome(db, id, { status: 'superseded' })).rejects.toMatchObject({ code: 'LedgerConflict' });
  const update = db.updateTable('cycles').set({ summary: 'rewritten' }).where('id', '=', id);
  await expect(update.execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
  await expect(owner.deleteFrom('cycles').execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('a failed cycle does not come back to life without a new attempt, and never changes what it is about', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await claim({ db, week: 1 });
  const { id } = identity({ week: 1 });
  await recordOutcome(db, id, { status: 'failed', failure });
  for (const change of [
    { status: 'running', ended_at: null },
    { attempt: 3, status: 'running', ended_at: null },
    { as_of: '2002-01-01T00:00:00Z' },
    { status: 'promoted' },
  ] as const) {
    const update = owner.updateTable('cycles').set(change).where('id', '=', id);
    await expect(update.execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
  }
  await expect(recordOutcome(db, id, { status: 'kept' })).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('a cycle that was crowned is promoted, whatever befell its workflow afterwards', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2, 3]) {
    const actor = { db, week };
    const id = await prepare(actor);
    await crown(actor, await judge(actor));
    if (week === 1) await recordOutcome(db, id, { status: 'failed', failure });
    if (week === 2) await recordOutcome(db, id, { status: 'cancelled' });
    if (week === 3) expect(await claim(actor, 'another run')).toMatchObject({ outcome: 'settled' });
    expect(await cycleById(db, id)).toMatchObject({
      status: 'promoted',
      attempt: 1,
      verdict: 'promote',
      challenger: week,
      summary: 'It says promote.',
      failure: week === 1 ? failure : null,
    });
  }
  const id = await prepare({ db, week: 4 });
  await crown({ db, week: 4 }, await judge({ db, week: 4 }));
  await expect(recordOutcome(db, id, { status: 'kept' })).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('an attempt keeps the snapshots it named first; the next attempt names its own', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1 };
  const { id } = identity(actor);
  await claim(actor);
  const first = [snapshot(actor, 'holdout', 'a'), snapshot(actor, 'train', 'a')];
  const second = [snapshot(actor, 'holdout', 'b'), snapshot(actor, 'train', 'b')];
  const [one, other] = await Promise.all([
    nameSnapshots(db, { id, attempt: 1 }, first),
    nameSnapshots(db, { id, attempt: 1 }, second),
  ]);
  expect(one).toEqual(other);
  await recordOutcome(db, id, { status: 'failed', failure });
  await claim(actor, 'again');
  expect(await namedSnapshots(db, id)).toEqual([]);
  const third = [snapshot(actor, 'holdout', 'c'), snapshot(actor, 'train', 'c')];
  await expect(nameSnapshots(db, { id, attempt: 1 }, first)).rejects.toMatchObject({ code: 'LedgerConflict' });
  expect(await nameSnapshots(db, { id, attempt: 2 }, third)).toEqual(third);
  expect((await cycleById(db, id))?.snapshots).toEqual({
    train: third[1]?.contentHash,
    holdout: third[0]?.contentHash,
  });
});

test('cycles are listed with the newest asOf first; the previous one is the last that was judged', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [2, 1, 3]) {
    const id = await prepare({ db, week });
    await recordOutcome(db, id, week === 3 ? { status: 'failed', failure } : { status: 'kept', evidence: hashOf('e') });
  }
  await claim({ db, week: 9, lineage: 'backfill' });
  const asOf = (week: number) => identity({ week }).asOf;
  expect((await cyclesOf(db, model, { lineage: 'live' })).map((cycle) => cycle.asOf)).toEqual([3, 2, 1].map(asOf));
  expect(await cyclesOf(db, model)).toHaveLength(4);
  expect(await cyclesOf(db, model, { limit: 2 })).toHaveLength(2);
  const previous = await previousCycle(db, model, 'live', asOf(4));
  expect(previous?.cycle.asOf).toBe(asOf(2));
  expect(previous?.snapshots).toEqual([snapshot({ db, week: 2 }, 'holdout'), snapshot({ db, week: 2 }, 'train')]);
  expect(await previousCycle(db, model, 'live', asOf(1))).toBeUndefined();
});

test('what the schedule skipped can be opened again by hand, and by nothing else', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const skipped = { db, week: 1, trigger: 'schedule' as const };
  const { cycle } = await claim(skipped);
  await recordOutcome(db, cycle.id, { status: 'skipped', summary: 'Another cycle was still running.' });
  for (const token of ['run-1', 'run-2']) {
    expect(await claim(skipped, token)).toMatchObject({ outcome: 'settled', cycle: { status: 'skipped', attempt: 1 } });
  }
  const change = db.updateTable('cycles').set({ summary: 'It never was.' }).where('id', '=', cycle.id);
  await expect(change.execute()).rejects.toMatchObject({ code: 'LedgerConflict' });
  const byHand = { ...skipped, trigger: 'manual' as const };
  const again = { outcome: 'claimed', cycle: { status: 'running', attempt: 2, trigger: 'schedule' } };
  expect(await claim(byHand, 'run-3')).toMatchObject(again);
  expect(await claim(byHand, 'run-3')).toMatchObject(again);
  await recordOutcome(db, cycle.id, { status: 'kept' });
  expect(await claim(byHand, 'run-4')).toMatchObject({ outcome: 'settled', cycle: { status: 'kept', attempt: 2 } });
  // One that was asked for by hand and skipped for what it saw stays so.
  const { cycle: vain } = await claim({ db, week: 2, trigger: 'manual' });
  await recordOutcome(db, vain.id, { status: 'skipped' });
  expect(await claim({ db, week: 2, trigger: 'manual' }, 'run-5')).toMatchObject({ outcome: 'settled' });
});

test('a cycle that waits says what for', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const { cycle } = await claim({ db, week: 1 });
  for (const waitsFor of ['turn', 'person', 'data', 'fault'] as const)
    expect(await recordOutcome(db, cycle.id, { status: 'waiting', waitsFor })).toMatchObject({ waitsFor });
  for (const wrong of [
    { status: 'waiting' },
    { status: 'running', waitsFor: 'turn' },
    { status: 'waiting', waitsFor: 'rain' },
  ])
    await expect(recordOutcome(db, cycle.id, wrong as { status: 'waiting' })).rejects.toMatchObject({
      code: 'LedgerConflict',
    });
  expect(await recordOutcome(db, cycle.id, { status: 'running' })).toMatchObject({ status: 'running', waitsFor: null });
});
