import { expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { decisionsOf } from '../../ledger/decisions.ts';
import { heldPromotions } from '../../ledger/heldPromotions.ts';
import { countChanges, history } from '../../ledger/history.ts';
import { type OverrideRequest, overrideVerdict } from '../../ledger/overrideVerdict.ts';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { rollBack } from '../../ledger/rollBack.ts';
import { osUser } from '../../schemas/actor.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';
import { apply, claim, hashOf, identity, judge, model, prepare, reign } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

const asked = { actor: osUser('ada') };
const override = ({ db }: TestLedger, version: number, changes: Partial<OverrideRequest> = {}) =>
  overrideVerdict(db, { model, lineage: 'live', version, reason: 'the law wants it', asked, ...changes });
const refused = (situation: string) => ({ code: 'OverrideRefused', situation });

/** A cycle that ended with a verdict, and promoted nobody. */
async function judged({ db }: TestLedger, week: number, kind: VerdictKind): Promise<string> {
  const id = await prepare({ db, week });
  await judge({ db, week }, kind);
  await recordOutcome(db, id, { status: 'kept' });
  return id;
}

test.each(['keep', 'insufficient'] as const)(
  'against %s a person makes a version champion, with the decision',
  async (kind) => {
    await using ledger = await withLedger();
    const { db } = ledger;
    await apply(db);
    await reign({ db, week: 1 });
    const cycle = await judged(ledger, 2, kind);
    await reign({ db, week: 3 });
    expect(await override(ledger, 2, { epoch: 2, evidence: hashOf('evidence 2 1') })).toBe(3);
    expect(await currentChampion(db, model, 'live')).toMatchObject({ epoch: 3, version: 2, promotedBy: 'ada' });
    expect(await decisionsOf(db, cycle)).toMatchObject([
      { kind: 'override', epoch: 2, evidence: hashOf('evidence 2 1'), actor: 'person:ada@os-user', candidate: cycle },
    ]);
    expect((await cycleById(db, cycle))?.status).toBe('kept');
    expect((await history(db, model, 'live')).at(-1)).toMatchObject({
      ...{ kind: 'override', by: 'ada', reason: 'the law wants it', beat: 3 },
      overrode: { cycle, verdict: kind, evidence: hashOf('evidence 2 1') },
    });
    expect(await pendingProjections(db)).toMatchObject([{ part: 'champion', cycle }]);
    expect((await countChanges(db, 'live')).get(model)).toEqual({ rollbacks: 0, overrides: 1 });
    // Nothing failed: the gate goes on by itself, and whoever finds that it was wrong rolls it back.
    expect(await heldPromotions(db, { model, lineage: 'live', definitionVersion: 1 })).toBeUndefined();
    expect(await rollBack(db, { model, lineage: 'live', reason: 'it was wrong', asked })).toBe(4);
    await expect(override(ledger, 2)).rejects.toMatchObject(refused('reigned'));
  },
);

test('the first champion may be one', async () => {
  await using ledger = await withLedger();
  await apply(ledger.db);
  await judged(ledger, 1, 'insufficient');
  expect(await override(ledger, 1, { epoch: 0 })).toBe(1);
  await expect(override(ledger, 1)).rejects.toMatchObject(refused('reigns'));
});

test('never against invalid, nor where there is nothing to override; and nothing is written then', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  for (const [week, kind] of [
    [2, 'invalid'],
    [3, 'review'],
    [4, 'promote'],
  ] as const) {
    await judged(ledger, week, kind);
    await expect(override(ledger, week)).rejects.toMatchObject(refused(kind));
  }
  await judged(ledger, 5, 'keep');
  await expect(override(ledger, 1)).rejects.toMatchObject(refused('reigns'));
  await expect(override(ledger, 5, { epoch: 7 })).rejects.toMatchObject(refused('moved'));
  await expect(override(ledger, 5, { evidence: hashOf('x') })).rejects.toMatchObject(refused('otherEvidence'));
  await expect(override(ledger, 5, { reason: ' ' })).rejects.toMatchObject({ code: 'LedgerConflict' });
  const program = { actor: { kind: 'program', name: 'ci', authentication: 'token' } as const };
  await expect(override(ledger, 5, { asked: program })).rejects.toMatchObject({ code: 'LedgerConflict' });
  await expect(override(ledger, 77)).rejects.toMatchObject({ code: 'VersionUnknown' });
  await prepare({ db, week: 6 });
  await expect(override(ledger, 6)).rejects.toMatchObject(refused('unjudged'));
  await prepare({ db, week: 1, lineage: 'backfill', version: 9 });
  await expect(override(ledger, 9)).rejects.toMatchObject(refused('otherLineage'));
  // What an attempt said that was given up is not what its cycle came to.
  const again = await prepare({ db, week: 7 });
  await judge({ db, week: 7 }, 'keep');
  await recordOutcome(db, again, { status: 'cancelled' });
  await claim({ db, week: 7 }, 'run-2');
  await expect(override(ledger, 7)).rejects.toMatchObject(refused('unjudged'));
  expect(await db.selectFrom('decisions').selectAll().execute()).toEqual([]);
  expect(await db.selectFrom('requests').select('id').where('operation', '=', 'override').execute()).toEqual([]);
  expect(await currentChampion(db, model, 'live')).toMatchObject({ epoch: 1 });
});

test('the same request again is the same override; of two at once one is done', async () => {
  await using ledger = await withLedger();
  await apply(ledger.db);
  await judged(ledger, 1, 'keep');
  await judged(ledger, 2, 'keep');
  const once = { ...asked, repeated: { key: 'k', content: {} } };
  expect(await override(ledger, 1, { asked: once })).toBe(1);
  expect(await override(ledger, 1, { asked: once })).toBe(1);
  await judged(ledger, 3, 'keep');
  const both = await Promise.allSettled([override(ledger, 2), override(ledger, 3)]);
  expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  const line = await history(ledger.db, model, 'live');
  expect(line.map(({ epoch }) => epoch)).toEqual(line.map((_, at) => at + 1));
  const decided = await ledger.db.selectFrom('decisions').selectAll().execute();
  expect(decided).toHaveLength(line.length);
  expect(identity({ week: 1 }).id).toBe(line[0]?.cycle);
});
