import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { claimDateTurn, datesOf, notePrepared } from '../../ledger/backfillDates.ts';
import {
  backfillById,
  backfillsOf,
  changeBackfill,
  endBackfill,
  startBackfill,
  starterOf,
  storePlan,
} from '../../ledger/backfills.ts';
import { championBefore, currentChampion } from '../../ledger/champions.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { rollBack } from '../../ledger/rollBack.ts';
import { nameChallenger } from '../../ledger/versions.ts';
import { osUser } from '../../schemas/actor.ts';
import type { BackfillPlan } from '../../schemas/backfill.ts';
import { plan, weeks } from './backfillPlan.ts';
import { apply, identity, judgementOf, model, prepare, reign, windows } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

const ada = { actor: osUser('ada'), reason: 'what if' };
async function begun({ db }: TestLedger, given: Partial<BackfillPlan> = {}): Promise<string> {
  const { id } = await storePlan(db, plan(given), ada);
  expect(await startBackfill(db, id, ada)).toBe(true);
  return id;
}

const claim = ({ db }: TestLedger, week: number, token = 'run-1') =>
  claimCycle(db, {
    ...identity({ week, lineage: 'backfill-1' }),
    ...{ trigger: 'backfill', windows: windows(week), attemptToken: token },
  });
const attempt = (week: number, number = 1) => ({ id: identity({ week, lineage: 'backfill-1' }).id, attempt: number });

test('a plan begins nothing; started once, it has a lineage and dates, and is joined after that', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const first = await storePlan(db, plan(), ada);
  expect(first).toMatchObject({ id: `${model}.backfill-1`, status: 'planned', by: null, startedAt: null });
  expect((await storePlan(db, plan(), ada)).lineage).toBe('backfill-2');
  await expect(storePlan(db, plan(), { ...ada, name: 'backfill-1' })).rejects.toMatchObject({ code: 'LedgerConflict' });
  expect(await db.selectFrom('lineages').select('name').execute()).toEqual([{ name: 'live' }]);

  const both = await Promise.all([startBackfill(db, first.id, ada), startBackfill(db, first.id, ada)]);
  expect(both.toSorted()).toEqual([false, true]);
  expect(await backfillById(db, first.id)).toMatchObject({ status: 'running', by: 'ada', reason: 'what if' });
  expect(await starterOf(db, first.id)).toEqual(osUser('ada'));
  expect((await datesOf(db, first.id)).map(({ number, cycle, state }) => [number, cycle, state])).toEqual(
    weeks.map((week) => [week, identity({ week, lineage: 'backfill-1' }).id, 'due']),
  );
  expect((await backfillsOf(db, model)).map(({ status }) => status)).toEqual(['planned', 'running']);
  await expect(startBackfill(db, 'none', ada)).rejects.toMatchObject({ code: 'BackfillUnknown' });
  for (const statement of ['delete from reign.backfill_dates', 'delete from reign.backfills'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('a date has its turn when every date before it has ended, and keeps it', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await begun(ledger);
  for (const week of [1, 2]) await claim(ledger, week);
  expect(await notePrepared(db, attempt(2))).toBe(true);
  expect(await notePrepared(db, attempt(2))).toBe(false);
  expect((await datesOf(db, id)).map(({ state }) => state)).toEqual(['preparing', 'waiting', 'due']);
  expect(await claimDateTurn(db, id, attempt(2))).toEqual({ kind: 'after', asOf: identity({ week: 1 }).asOf });

  await notePrepared(db, attempt(1));
  expect(await claimDateTurn(db, id, attempt(1))).toEqual({ kind: 'own' });
  expect((await datesOf(db, id))[0]?.state).toBe('judging');
  await changeBackfill(db, id, 'pause', ada);
  // It has had its turn.
  expect(await claimDateTurn(db, id, attempt(1))).toEqual({ kind: 'own' });
  await recordOutcome(db, attempt(1).id, { attempt: 1, status: 'kept' });
  expect(await claimDateTurn(db, id, attempt(2))).toEqual({ kind: 'paused' });
  await changeBackfill(db, id, 'resume', ada);
  expect(await claimDateTurn(db, id, attempt(2))).toEqual({ kind: 'own' });
  await changeBackfill(db, id, 'cancel', ada);
  await claim(ledger, 3);
  await notePrepared(db, attempt(3));
  expect(await claimDateTurn(db, id, attempt(3))).toEqual({ kind: 'over', summary: 'Cancelled by ada: what if' });
});

test('what failed is due again after a retry, and holds up the dates after it', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await begun(ledger);
  await claim(ledger, 1);
  const failure = { code: 'WindowEmpty', message: 'no rows', advice: '', step: 'extract', traceback: null };
  await recordOutcome(db, attempt(1).id, { attempt: 1, status: 'failed', summary: 'no rows', failure });
  await claim(ledger, 2);
  await notePrepared(db, attempt(2));
  expect((await datesOf(db, id)).map(({ state }) => state)).toEqual(['failed', 'waiting', 'due']);
  await expect(changeBackfill(db, id, 'resume', ada)).resolves.toBe(false);
  await changeBackfill(db, id, 'retry', ada);
  expect((await datesOf(db, id))[0]?.state).toBe('due');
  expect(await claimDateTurn(db, id, attempt(2))).toMatchObject({ kind: 'after' });
  await claim(ledger, 1, 'run-2');
  expect((await datesOf(db, id))[0]?.state).toBe('preparing');
  await recordOutcome(db, attempt(1).id, { attempt: 2, status: 'kept' });
  expect(await claimDateTurn(db, id, attempt(2))).toEqual({ kind: 'own' });

  await endBackfill(db, id, '3 dates.');
  expect(await backfillById(db, id)).toMatchObject({ status: 'done', summary: '3 dates.' });
  for (const change of ['pause', 'resume', 'cancel'] as const)
    await expect(changeBackfill(db, id, change, ada)).rejects.toMatchObject({ code: 'UsageInvalid' });
  await changeBackfill(db, id, 'retry', ada);
  expect(await backfillById(db, id)).toMatchObject({ status: 'running', endedAt: null });
});

test('an earlier date that is retried waits until the one that is being judged has ended', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await begun(ledger);
  await claim(ledger, 1);
  await recordOutcome(db, attempt(1).id, { attempt: 1, status: 'cancelled' });
  await claim(ledger, 2);
  await notePrepared(db, attempt(2));
  expect(await claimDateTurn(db, id, attempt(2))).toEqual({ kind: 'own' });
  await changeBackfill(db, id, 'retry', ada);
  await claim(ledger, 1, 'run-2');
  await notePrepared(db, attempt(1, 2));
  expect(await claimDateTurn(db, id, attempt(1, 2))).toEqual({ kind: 'after', asOf: identity({ week: 2 }).asOf });
  await recordOutcome(db, attempt(2).id, { attempt: 1, status: 'kept' });
  expect(await claimDateTurn(db, id, attempt(1, 2))).toEqual({ kind: 'own' });
});

test('a backfill that starts from the live champion knows nothing of a rollback that came later', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  for (const week of [1, 2]) {
    await reign({ db, week });
    await recordOutcome(db, identity({ week }).id, { status: 'promoted' });
  }
  const before = identity({ week: 3 }).asOf;
  await rollBack(db, { model, lineage: 'live', reason: 'complaints', asked: { actor: osUser('ada') } });
  expect(await currentChampion(db, model, 'live')).toMatchObject({ version: 1 });
  expect(await championBefore(db, model, 'live', before)).toMatchObject({ version: 2 });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  expect(await championBefore(db, model, 'live', tomorrow)).toMatchObject({ version: 1 });
});

test('a version without a number is judged and promoted in its lineage, against the one that it starts from', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const origin = identity({ week: 1 }).id;
  const id = await begun(ledger, { origin, startFrom: 'live', dates: plan().dates.slice(1) });
  const actor = { db, week: 2, lineage: 'backfill-1', numbered: false } as const;
  const cycle = await prepare(actor);
  expect(await nameChallenger(db, { id: cycle, attempt: 1 })).toBeNull();
  const judgement = await judgementOf(actor);
  expect(judgement).toMatchObject({ epoch: 0, champion: 1, championCycle: origin });
  expect(await storeJudgement(db, { ...judgement, challenger: null })).toMatchObject({ challenger: null, champion: 1 });
  const asked = { cycle, judgementNumber: 1, epoch: 0, version: null, reason: 'better' };
  expect(await promote(db, asked)).toEqual({ outcome: 'promoted', epoch: 1 });
  expect(await promote(db, asked)).toEqual({ outcome: 'already', epoch: 1 });
  await recordOutcome(db, cycle, { attempt: 1, status: 'promoted', verdict: 'promote', challenger: null, champion: 1 });
  expect(await currentChampion(db, model, 'backfill-1')).toMatchObject({ id: cycle, version: null, epoch: 1 });
  expect(await currentChampion(db, model, 'live')).toMatchObject({ id: origin, version: 1 });
  expect(
    await db
      .selectFrom('cycles')
      .select(['challenger', 'champion', 'champion_version'])
      .where('id', '=', cycle)
      .execute(),
  ).toEqual([{ challenger: cycle, champion: origin, champion_version: 1 }]);
  expect((await datesOf(db, id))[0]).toMatchObject({ state: 'ended', champion: identity({ week: 2 }).asOf });
});
