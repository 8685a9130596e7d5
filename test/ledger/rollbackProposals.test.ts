import { expect, test } from 'vitest';
import { lookVerdict, worseSaid } from '../../gate/probation.ts';
import { storeFollowUp } from '../../ledger/followUps.ts';
import { heldPromotions } from '../../ledger/heldPromotions.ts';
import { history } from '../../ledger/history.ts';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { answerProposal, followFromLooks, openProposals, proposalNamed } from '../../ledger/rollbackProposals.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, hashOf, identity, model, prepare, reign, windows } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

const line = { model, lineage: 'live' };
const asked = { actor: osUser('ada') };
const follow = ({ db }: TestLedger, onWorse: 'propose' | 'rollback' = 'propose') =>
  followFromLooks(db, line, onWorse, (look) => worseSaid(look).text);

/** Version 3 beat version 1, and is looked at by the cycles of later weeks. */
async function promoted(ledger: TestLedger) {
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await reign({ db, week: 3 });
  const look = async (week: number, number: number, estimate: number, from = windows(week).holdout) => {
    await prepare({ db, week });
    const found = {
      ...{ estimate, standardError: 0.001, low: estimate - 0.002, high: estimate + 0.002, level: 0.95, alpha: 0.00625 },
      ...{ decidingLow: estimate - 0.003, decidingHigh: estimate + 0.003, detectable: 0.004 },
      ...{ degreesOfFreedom: 13, clusters: 14, method: 'influence' as const },
    };
    const followUp = {
      ...{
        cycle: identity({ week: 3 }).id,
        epoch: 2,
        window: from,
        rows: 700,
        complete: true,
        found,
        unmeasured: null,
      },
      ...{
        promised: { estimate: 0.02, low: 0.01, high: 0.03 },
        look: { number, of: 8, alpha: 0.00625, acceptedLoss: 0 },
      },
    };
    const at = { id: identity({ week }).id, attempt: 1 };
    await storeFollowUp(db, at, followUp, { verdict: lookVerdict(followUp), evidence: hashOf(`look of ${week}`) });
  };
  const champions = async () => (await history(db, model, 'live')).map(({ version, kind, by }) => [version, kind, by]);
  return { look, champions };
}

test('a look that shows the champion to be worse proposes to roll it back, once; a person approves, and it is done', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { look, champions } = await promoted(ledger);
  await look(5, 1, -0.001);
  // The interval includes zero: whatever it was promoted at, nothing is shown.
  expect(await follow(ledger)).toBeNull();
  await look(7, 2, -0.01);
  expect(await follow(ledger)).toEqual({ kind: 'proposed', epoch: 2 });
  expect(await follow(ledger)).toBeNull();
  const [proposal, ...others] = await openProposals(db);
  expect(others).toEqual([]);
  expect(proposal).toMatchObject({
    ...{ id: `${model}.live.rollback-1`, epoch: 2, champion: 3, version: 1, restoresEpoch: 1, by: 'gate' },
    evidence: hashOf('look of 7'),
    reason: expect.stringMatching(
      /^Look 2 of 8 of its probation shows that v3 is worse than v1, which it beat: -0\.0100 \[/,
    ),
  });
  const told = await db.selectFrom('events').select('detail').where('kind', '=', 'rollback-proposed').execute();
  expect(told).toMatchObject([{ detail: { epoch: 2, version: 1, champion: 3 } }]);
  expect((await history(db, model, 'live'))[1]?.probation).toMatchObject({
    ...{ state: 'watched', of: 8 },
    looks: [
      { number: 1, verdict: 'holds' },
      { number: 2, verdict: 'worse' },
    ],
  });

  if (proposal === undefined) expect.unreachable();
  expect(await proposalNamed(db, proposal.id)).toEqual(proposal);
  expect(await proposalNamed(db, identity({ week: 3 }).id)).toBeUndefined();
  expect(await answerProposal(db, proposal, { kind: 'approve', reason: 'I see', asked })).toMatchObject({ epoch: 3 });
  expect(await champions()).toEqual([
    [1, 'promotion', 'gate'],
    [3, 'promotion', 'gate'],
    [1, 'rollback', 'ada'],
  ]);
  expect(await openProposals(db)).toEqual([]);
  expect((await pendingProjections(db)).map(({ part }) => part)).toEqual(['champion']);
  expect(await heldPromotions(db, { ...line, definitionVersion: 1 })).toMatchObject({ epoch: 3, by: 'ada' });
  expect((await history(db, model, 'live'))[1]?.probation?.state).toBe('over');
  await expect(answerProposal(db, proposal, { kind: 'reject', reason: 'no', asked })).rejects.toMatchObject({
    code: 'LedgerConflict',
  });
});

test('rejected, the champion stays until a later look shows it again; promoted since, the proposal is void', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { look, champions } = await promoted(ledger);
  await look(5, 1, -0.01);
  await follow(ledger);
  const [first] = await openProposals(db, model);
  if (first === undefined) expect.unreachable();
  expect(await answerProposal(db, first, { kind: 'reject', reason: 'a bad week', asked })).toMatchObject({
    epoch: null,
  });
  expect([await champions(), await openProposals(db), await follow(ledger)]).toMatchObject([{ length: 2 }, [], null]);
  await look(7, 2, 0.004);
  expect(await follow(ledger)).toBeNull();
  await look(9, 3, -0.02);
  expect(await follow(ledger)).toEqual({ kind: 'proposed', epoch: 2 });
  const [second] = await openProposals(db, model);
  if (second === undefined) expect.unreachable();
  await reign({ db, week: 11 });
  expect(await openProposals(db)).toEqual([]);
  const late = answerProposal(db, second, { kind: 'approve', reason: 'yes', asked });
  await expect(late).rejects.toMatchObject({
    code: 'LedgerConflict',
    message: expect.stringMatching(/Epoch 3 reigns/),
  });
  expect(await follow(ledger)).toBeNull();
});

test('where the policy says so, the gate rolls back by itself', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { look, champions } = await promoted(ledger);
  await look(5, 1, -0.01);
  expect(await follow(ledger, 'rollback')).toEqual({ kind: 'rolledBack', epoch: 3 });
  expect((await champions()).at(-1)).toEqual([1, 'rollback', 'gate']);
  expect(await follow(ledger, 'rollback')).toBeNull();
  const { actor, proposal, request } = await db
    .selectFrom('promotions')
    .select(['actor', 'proposal', 'request'])
    .where('epoch', '=', 3)
    .executeTakeFirstOrThrow();
  expect([actor, proposal, request]).toEqual([expect.stringMatching(/^gate@/), 1, null]);
  // From here on a person approves what wins.
  expect(await heldPromotions(db, { ...line, definitionVersion: 1 })).toMatchObject({ epoch: 3, by: 'gate' });
});

test('rows are looked at once, and each look is made once', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const { look } = await promoted(ledger);
  await look(5, 1, 0.01);
  // Another cycle made the same look, and one looked at rows that are known: they are kept, and are no looks.
  await look(6, 1, -0.01);
  await look(7, 2, -0.01, { from: windows(5).holdout.from, to: windows(7).holdout.to });
  expect(await follow(ledger)).toBeNull();
  const rows = await db.selectFrom('follow_ups').select(['look', 'verdict']).orderBy('window_to').execute();
  expect(rows).toEqual([
    { look: 1, verdict: 'holds' },
    { look: null, verdict: null },
    { look: null, verdict: null },
  ]);
});
