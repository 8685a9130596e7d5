import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { overridesOf, rollbacksTo } from '../../../ledger/changesByPersons.ts';
import type { Database } from '../../../ledger/database.ts';
import { overrideVerdict } from '../../../ledger/overrideVerdict.ts';
import { recordOutcome } from '../../../ledger/recordOutcome.ts';
import { rollBack } from '../../../ledger/rollBack.ts';
import { storedJudgements } from '../../../ledger/storedJudgements.ts';
import { verifyOverride, verifyRollback } from '../../../operations/verify/verifyChanges.ts';
import { osUser } from '../../../schemas/actor.ts';
import { apply, hashOf, identity, judge, model, prepare, reign } from '../../ledger/scene.ts';
import { type TestLedger, withLedger } from '../../ledger/withLedger.ts';

const asked = { actor: osUser('ada') };
const second = identity({ week: 2 }).id;
const third = identity({ week: 3 }).id;

/** Two champions; the second was rolled back to after a third reigned against its verdict. */
async function changed(): Promise<TestLedger> {
  const ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2]) await reign({ db, week });
  await prepare({ db, week: 3 });
  await judge({ db, week: 3 }, 'keep');
  await recordOutcome(db, third, { status: 'kept' });
  await overrideVerdict(db, { model, lineage: 'live', version: 3, reason: 'we must', asked });
  await rollBack(db, { model, lineage: 'live', reason: 'worse', asked });
  return ledger;
}

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await changed();
});
afterAll(() => ledger[Symbol.asyncDispose]());

/** What is found after a superuser who knows where the triggers are has done something, which is then undone. */
async function foundAfter(statement: string): Promise<string[][]> {
  let findings: string[][] = [];
  const undo = new Error('undo');
  const editing = ledger.owner.transaction().execute(async (transaction) => {
    await sql`set local session_replication_role = replica`.execute(transaction);
    await sql.raw(statement).execute(transaction);
    findings = await found(transaction);
    throw undo;
  });
  await expect(editing).rejects.toBe(undo);
  return findings;
}

async function found(db: Kysely<Database>): Promise<string[][]> {
  const judgements = await storedJudgements(db, third);
  const overrides = (await overridesOf(db, third)).map((one) => verifyOverride(judgements, one));
  const rollbacks = (await rollbacksTo(db, second)).flatMap(verifyRollback);
  return [...overrides, ...rollbacks].map(({ said, differences }) => [said, ...differences.map(({ path }) => path)]);
}

test('an override and a rollback that fit', async () => {
  expect(await found(ledger.db)).toEqual([['equal to the bit'], ['equal to the bit']]);
});

const override = /^the override of epoch 3 does not fit/;
const rollback = /^the rollback of epoch 4 does not fit/;
test.each([
  [override, 'override.evidence', `update reign.decisions set evidence = '${hashOf('other')}'`],
  [
    override,
    'override.verdict',
    `update reign.judgements set verdict = jsonb_set(verdict, '{kind}', '"invalid"') where cycle = '${third}'`,
  ],
  [
    override,
    'override.verdict',
    `update reign.judgements set verdict = jsonb_set(verdict, '{kind}', '"invalid"') where cycle = '${third}';
     alter table reign.decisions drop constraint decisions_against_verdict;
     update reign.decisions set verdict_kind = 'invalid'`,
  ],
  [override, 'override.candidate', `update reign.decisions set candidate = '${second}'`],
  [override, 'override.promotion.actor', `update reign.promotions set actor = 'gate@0.1.0' where epoch = 3`],
  [override, 'override.promotion.versionId', `update reign.promotions set champion = '${second}' where epoch = 3`],
  [override, 'override.promotion', 'delete from reign.promotions where epoch = 3'],
  [rollback, 'rollback.restores.version', 'update reign.promotions set restores_epoch = 1 where epoch = 4'],
  [
    rollback,
    'rollback.request.operation',
    `update reign.requests set operation = 'cancel' where operation = 'rollback'`,
  ],
  [rollback, 'rollback.request.reason', `update reign.promotions set reason = 'better' where epoch = 4`],
  [rollback, 'rollback.request.actor', `update reign.requests set actor = 'gate@0.1.0' where operation = 'rollback'`],
  [rollback, 'rollback.request.model', `update reign.requests set model = null where operation = 'rollback'`],
  [
    rollback,
    'rollback.request',
    `alter table reign.promotions drop constraint promotions_rollback;
     update reign.promotions set request = null where epoch = 4`,
  ],
] as const)('%s: %s', async (said, path, statement) => {
  const differing = (await foundAfter(statement)).filter(([_, ...paths]) => paths.length > 0);
  expect(differing).toEqual([[expect.stringMatching(said), path]]);
});

test('an override of a judgement that is gone', async () => {
  expect(await foundAfter(`delete from reign.judgements where cycle = '${third}'`)).toEqual([
    ['the override of epoch 3 is about a judgement that is not there'],
    ['equal to the bit'],
  ]);
});

test('rollbacks that an earlier release recorded have neither request nor reign that they restore', async () => {
  const unasked = `alter table reign.promotions drop constraint promotions_rollback;
    update reign.promotions set request = null, restores_epoch = null, actor = 'person:ada@unknown' where epoch = 4`;
  expect(await foundAfter(unasked)).toEqual([['equal to the bit']]);
});
