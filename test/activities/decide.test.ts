import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { decideActivities } from '../../activities/decide.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { followUpsOf } from '../../ledger/followUps.ts';
import { history } from '../../ledger/history.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import { openProposals } from '../../ledger/rollbackProposals.ts';
import { warningsOf } from '../../ledger/warnings.ts';
import { osUser } from '../../schemas/actor.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import type { Store } from '../../store/openStore.ts';
import { contender, controls, evidence, interval } from '../gate/evidence.ts';
import { apply, definition, hashOf, identity, model, prepare, reign, rollBack, windows } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { worldOf } from './world.ts';

/** A store that holds these documents of evidence and nothing else. */
function evidenceStore() {
  const documents = new Map<string, Buffer>();
  const put = (document: Evidence): string => {
    const content = Buffer.from(JSON.stringify(document));
    const hash = createHash('sha256').update(content).digest('hex');
    documents.set(hash, content);
    return hash;
  };
  const store = { readDocument: async (_: string, hash: string) => documents.get(hash) } as unknown as Store;
  return { put, store };
}

/** Week 2 is about to be judged against the champion of week 1. */
async function scene(ledger: TestLedger) {
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await prepare({ db, week: 2 });
  const { put, store } = evidenceStore();
  const { decide, decideTry } = decideActivities(worldOf(ledger, { store }));
  const cycle = { ...identity({ week: 2 }), attempt: 1 };
  const champion = { epoch: 1, version: 1, cycle: identity({ week: 1 }).id };
  return {
    ...{ db, cycle, put, decideTry },
    judge: (changes: Partial<Evidence> = {}, number = 1, warnings: { code: string; message: string }[] = []) =>
      decide({ cycle, number, evidence: put(evidence(changes)), challenger: 2, champion, warnings: warnings as never }),
  };
}

test('a judgement is stored with the policy of the definition, and stands as it was stored first', async () => {
  await using ledger = await withLedger();
  const { db, cycle, judge } = await scene(ledger);
  const judged = await judge();
  expect(judged).toMatchObject({ number: 1, epoch: 1, kind: 'promote', held: false, championSawHoldout: false });
  // The activity ran, and its answer was lost.
  expect(await judge()).toEqual(judged);
  const other = { metrics: {}, unmeasured: 'nothing is left to measure' };
  await expect(judge(other)).rejects.toMatchObject({ code: 'LedgerConflict' });
  const [stored, ...more] = await judgementsOf(db, cycle.id);
  expect(more).toEqual([]);
  expect(stored).toMatchObject({
    ...{ epoch: 1, challenger: 2, champion: 1 },
    verdict: { kind: 'promote', summary: judged.summary },
  });
  expect(
    await db
      .selectFrom('judgements')
      .select(['policy', 'primary_result'])
      .where('number', '=', 1)
      .where('cycle', '=', cycle.id)
      .executeTakeFirst(),
  ).toMatchObject({
    policy: { gate: definition().gate, labels: 'complete' },
    primary_result: { metric: 'roc_auc', difference: 0.02 },
  });
});

test('a champion that was fitted on judged rows can never be judged on them', async () => {
  await using ledger = await withLedger();
  const { judge } = await scene(ledger);
  const judged = await judge({ champion: contender({ fittedOnJudgedRows: 3 }) });
  expect(judged).toMatchObject({ kind: 'invalid', championSawHoldout: true });
});

test('after a rollback a person decides also where the challenger wins', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2]) await reign({ db, week });
  await rollBack(db, { epoch: 3, to: 1 });
  await prepare({ db, week: 3 });
  const { put, store } = evidenceStore();
  const { decide } = decideActivities(worldOf(ledger, { store }));
  const cycle = { ...identity({ week: 3 }), attempt: 1 };
  const champion = { epoch: 3, version: 1, cycle: identity({ week: 1 }).id };
  const judged = await decide({ cycle, number: 1, evidence: put(evidence()), challenger: 3, champion });
  expect(judged).toMatchObject({ kind: 'promote', epoch: 3, held: true });
});

test('what became of the last promotion has an entry of its own, and controls that fail are an event', async () => {
  await using ledger = await withLedger();
  const { db, cycle, judge } = await scene(ledger);
  const { method, ...found } = interval(0.004, 0, 0.008);
  const followUp = {
    ...{ cycle: identity({ week: 1 }).id, epoch: 1, window: windows(2).holdout, rows: 700, complete: false },
    ...{ promised: { estimate: 0.02, low: 0.01, high: 0.03 }, found: { ...found, method }, unmeasured: null },
  };
  const broken = controls({ shuffled: { difference: interval(0.1, 0.05, 0.15), mustLose: true } });
  for (const _ of ['first attempt of the activity', 'second'])
    expect((await judge({ followUp, controls: broken })).kind).not.toBe('promote');
  expect(await followUpsOf(db, model, 'live')).toMatchObject([{ epoch: 1, foundBy: cycle.id, rows: 700 }]);
  const events = await db.selectFrom('events').select(['kind', 'key']).where('cycle', '=', cycle.id).execute();
  expect(events.filter(({ kind }) => kind === 'gate-broken')).toEqual([{ kind: 'gate-broken', key: '1' }]);
});

test.each(['propose', 'rollback'] as const)(
  'a champion that a look shows to be worse: %s, unless the cycle promotes its challenger',
  async (onWorse) => {
    await using ledger = await withLedger();
    const { db } = ledger;
    const { gate } = definition();
    await storeDefinition(db, {
      ...{ definition: { ...definition(), gate: { ...gate, probation: { onWorse, looks: 8 } } } },
      ...{ codeHash: hashOf('code'), columns: [], appliedBy: osUser('ada') },
    });
    for (const week of [1, 3]) await reign({ db, week });
    const { put, store } = evidenceStore();
    const { decide } = decideActivities(worldOf(ledger, { store }));
    const champion = { epoch: 2, version: 3, cycle: identity({ week: 3 }).id };
    const { method, ...found } = interval(-0.03, -0.04, -0.02);
    const judge = async (week: number, number: number, changes: Partial<Evidence>) => {
      await prepare({ db, week });
      const followUp = {
        ...{ cycle: champion.cycle, epoch: 2, window: windows(week).holdout, rows: 700, complete: true },
        ...{ promised: { estimate: 0.02, low: 0.01, high: 0.03 }, found: { ...found, method }, unmeasured: null },
        look: { number, of: 8, alpha: 0.00625, acceptedLoss: 0 },
      };
      const request = { evidence: put(evidence({ followUp, ...changes })), challenger: week, champion };
      return await decide({ cycle: { ...identity({ week }), attempt: 1 }, number: 1, ...request });
    };
    const kinds = async () => (await history(db, model, 'live')).map(({ kind }) => kind);
    // A challenger that wins is promoted at once, and that ends the probation.
    expect((await judge(5, 1, {})).kind).toBe('promote');
    expect([await openProposals(db), await kinds()]).toEqual([[], ['promotion', 'promotion']]);
    const broken = controls({ shuffled: { difference: interval(0.1, 0.05, 0.15), mustLose: true } });
    expect((await judge(7, 2, { controls: broken })).kind).not.toBe('promote');
    expect(await openProposals(db)).toHaveLength(onWorse === 'propose' ? 1 : 0);
    expect((await kinds()).slice(2)).toEqual(onWorse === 'propose' ? [] : ['rollback']);
  },
);

test('the verdict of a try is told and stored nowhere', async () => {
  await using ledger = await withLedger();
  const { db, put, decideTry, cycle } = await scene(ledger);
  expect((await decideTry(definition(), put(evidence()))).kind).toBe('promote');
  expect(await judgementsOf(db, cycle.id)).toEqual([]);
  expect(await warningsOf(db, cycle.id)).toEqual([]);
});
