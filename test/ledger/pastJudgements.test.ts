import { expect, test } from 'vitest';
import { cycleById, cyclesOf } from '../../ledger/cycles.ts';
import { history } from '../../ledger/history.ts';
import { pastErrors, pastEvidence, skippedSince } from '../../ledger/pastJudgements.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { Cycle, type PrimaryResult } from '../../schemas/cycle.ts';
import { apply, hashOf, identity, judge, model, prepare, primary, reign } from './scene.ts';
import { withLedger } from './withLedger.ts';

const asOf = (week: number) => identity({ week }).asOf;

test('how well earlier cycles could tell, with the age of the champion they were held against', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const keep = async (week: number, measured: PrimaryResult | null, lineage = 'live') => {
    await prepare({ db, week, lineage, version: lineage === 'live' ? week : 100 + week });
    await judge({ db, week, lineage, version: lineage === 'live' ? week : 100 + week, primary: measured }, 'keep');
  };
  await keep(2, { ...primary, standardError: 0.002, clusters: 12 });
  await keep(3, { ...primary, standardError: null });
  await keep(4, { ...primary, metric: 'log_loss', standardError: 0.1 });
  await keep(5, null);
  await keep(6, { ...primary, standardError: 0.006 });
  await judge({ db, week: 6, primary: { ...primary, standardError: 0.0061 } }, 'keep', 2);
  await reign({ db, week: 7, primary: { ...primary, standardError: 0.007 } });
  await keep(8, { ...primary, standardError: 0.008 });
  await reign({ db, week: 1, lineage: 'backfill', version: 200 });
  await keep(2, primary, 'backfill');
  // Training ends 17 days before asOf.
  const [two, six, seven, eight] = [
    { standardError: 0.002, clusters: 12, championAgeDays: 7 + 17 },
    { standardError: 0.0061, clusters: 14, championAgeDays: 35 + 17 },
    { standardError: 0.007, clusters: 14, championAgeDays: 42 + 17 },
    { standardError: 0.008, clusters: 14, championAgeDays: 7 + 17 },
  ];
  expect(await pastErrors(db, model, 'live', asOf(9), 'roc_auc')).toEqual([eight, seven, six, two]);
  expect(await pastErrors(db, model, 'live', asOf(8), 'roc_auc')).toEqual([seven, six, two]);
  expect(await pastErrors(db, model, 'live', asOf(9), 'roc_auc', 2)).toEqual([eight, seven]);
  expect(await pastErrors(db, model, 'live', asOf(9), 'log_loss')).toMatchObject([{ standardError: 0.1 }]);
  expect(await pastErrors(db, model, 'live', asOf(1), 'roc_auc')).toEqual([]);
});

test('what an earlier release wrote: left out here, and told elsewhere as far as it is known', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const { metric, challenger, champion, difference, low, high } = primary;
  const old = { metric, challenger, champion, difference, low, high } as PrimaryResult;
  await reign({ db, week: 2, primary: old });
  await recordOutcome(db, identity({ week: 2 }).id, { status: 'promoted', primary: old });
  expect(await pastErrors(db, model, 'live', asOf(3), 'roc_auc')).toEqual([]);
  const told = { ...old, standardError: null, clusters: 0, detectable: null, wanted: 0 };
  expect((await cycleById(db, identity({ week: 2 }).id))?.primary).toEqual(told);
  expect((await history(db, model, 'live'))[1]?.primary).toEqual(told);
  for (const cycle of await cyclesOf(db, model)) Cycle.parse(cycle);
});

test('cycles that were skipped since the last one that came to a judgement', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const skip = async (week: number) => recordOutcome(db, await prepare({ db, week }), { status: 'skipped' });
  await skip(1);
  expect(await skippedSince(db, model, 'live', asOf(2))).toBe(1);
  await reign({ db, week: 2 });
  expect(await skippedSince(db, model, 'live', asOf(3))).toBe(0);
  await skip(3);
  await skip(4);
  expect(await skippedSince(db, model, 'live', asOf(5))).toBe(2);
  expect(await skippedSince(db, model, 'live', asOf(4))).toBe(1);
  expect(await skippedSince(db, model, 'other', asOf(5))).toBe(0);
});

test('evidence of settled cycles before an asOf: the last judgement of each, newest first', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [2, 1, 3, 4, 5]) {
    const id = await prepare({ db, week });
    // A cycle that was skipped has no judgement.
    if (week === 4) await recordOutcome(db, id, { status: 'skipped' });
    if (week === 4) continue;
    await judge({ db, week }, 'keep');
    if (week === 2) await judge({ db, week }, 'keep', 2);
    if (week !== 5) await recordOutcome(db, id, { status: 'kept' });
  }
  await reign({ db, week: 1, lineage: 'backfill', version: 100 });
  const evidence = (week: number, number = 1) => hashOf(`evidence ${week} ${number}`);
  expect(await pastEvidence(db, model, 'live', asOf(9))).toEqual([evidence(3), evidence(2, 2), evidence(1)]);
  expect(await pastEvidence(db, model, 'live', asOf(3))).toEqual([evidence(2, 2), evidence(1)]);
  expect(await pastEvidence(db, model, 'live', asOf(9), 1)).toEqual([evidence(3)]);
});
