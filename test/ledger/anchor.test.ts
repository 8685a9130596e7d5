import { expect, test } from 'vitest';
import { anchorOf } from '../../ledger/anchor.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { resumePromotions } from '../../ledger/heldPromotions.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { osUser } from '../../schemas/actor.ts';
import type { Policy } from '../../schemas/policy.ts';
import { apply, crown, judgementOf, model, prepare, reign, rollBack } from './scene.ts';
import { withLedger } from './withLedger.ts';

const nonInferior = { win: 'nonInferior', margin: 0.001, reason: 'as good and cheaper' } as const;

test('the last champion that won by superiority, however many followed that did not', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  expect(await anchorOf(db, model, 'live')).toBeUndefined();
  await reign({ db, week: 1 });
  await reign({ db, week: 2 });
  const second = await currentChampion(db, model, 'live');
  await reign({ db, week: 3, gate: nonInferior });
  await reign({ db, week: 4, gate: nonInferior });
  await reign({ db, week: 1, lineage: 'backfill', version: 9 });
  expect((await currentChampion(db, model, 'live'))?.version).toBe(4);
  expect(await anchorOf(db, model, 'live')).toEqual(second);
  expect(second?.version).toBe(2);
  await reign({ db, week: 5 });
  expect((await anchorOf(db, model, 'live'))?.version).toBe(5);
});

test('the first champion is one, by whatever policy', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1, gate: nonInferior });
  await reign({ db, week: 2, gate: nonInferior });
  expect((await anchorOf(db, model, 'live'))?.version).toBe(1);
});

test('a policy of before there was a choice is superiority', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await prepare({ db, week: 2 });
  const judgement = await judgementOf({ db, week: 2 });
  const earlier = { gate: { guardrails: [] }, labels: 'complete' } as unknown as Policy;
  await crown({ db, week: 2 }, await storeJudgement(db, { ...judgement, policy: earlier }));
  await reign({ db, week: 3, gate: nonInferior });
  expect((await anchorOf(db, model, 'live'))?.version).toBe(2);
});

test('after a rollback it is that of the reign that was restored, also once others have followed', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2]) await reign({ db, week });
  await reign({ db, week: 3, gate: nonInferior });
  await reign({ db, week: 4 });
  const anchor = async () => (await anchorOf(db, model, 'live'))?.epoch;
  expect(await anchor()).toBe(4);
  await rollBack(db, { epoch: 5, to: 3 });
  expect(await anchor()).toBe(2);
  await resumePromotions(db, { model, lineage: 'live', epoch: 5, reason: 'repaired', actor: osUser('ada') });
  await reign({ db, week: 5, gate: nonInferior });
  expect(await anchor()).toBe(2);
  await rollBack(db, { epoch: 7, to: 1 });
  expect(await anchor()).toBe(1);
  // A rollback to a reign that was a rollback itself.
  await rollBack(db, { epoch: 8, to: 5 });
  expect(await anchor()).toBe(2);
});
