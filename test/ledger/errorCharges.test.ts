import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { chargeErrorActivities } from '../../activities/chargeError.ts';
import type { World } from '../../activities/world.ts';
import { chargeOf, scheduledAlpha } from '../../gate/errorBudget.ts';
import { type Claim, claimCycle } from '../../ledger/claimCycle.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { chargeError, chargesOf, type ErrorTest } from '../../ledger/errorCharges.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { Schedule } from '../../schemas/schedule.ts';
import { makeUpVersions } from './makeUpVersions.ts';
import { type Actor, apply, claim, definition, hashOf, identity, model, prepare, reign, snapshot } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

const budget = { wrongPromotions: 0.05, per: 'P1Y', reserve: 0.2 } as const;
const schedule = Schedule.parse({ cron: '0 6 * * MON' });
const decide = (...[test, past]: Parameters<Parameters<typeof chargeError>[2]>) =>
  chargeOf(budget, schedule, test, past);

/** The first test of a week's cycle, with anything of it changed. */
const testOf = (actor: Omit<Actor, 'db'>, changes: Partial<ErrorTest> = {}): ErrorTest => ({
  cycle: { id: identity(actor).id, attempt: 1 },
  number: 1,
  challenger: actor.version ?? actor.week,
  champion: null,
  holdout: snapshot(actor, 'holdout').contentHash,
  ...changes,
});

test('a test is charged once, however often and by how many it is asked for', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await prepare({ db, week: 1 });
  const asked = await Promise.all(Array.from({ length: 8 }, () => chargeError(db, testOf({ week: 1 }), decide)));
  const first = { alpha: scheduledAlpha(budget, schedule), account: 'schedule' };
  for (const charge of asked) expect(charge).toEqual(first);
  expect(await chargeError(db, testOf({ week: 1 }, { number: 2 }), decide)).toEqual(first);
  expect(await chargesOf(db, model, 'live')).toEqual([
    {
      ...first,
      asOf: identity({ week: 1 }).asOf,
      cycle: identity({ week: 1 }).id,
      number: 1,
      trigger: 'demo',
      definitionVersion: 1,
      challenger: 1,
      challengerId: identity({ week: 1 }).id,
      champion: null,
      championId: null,
      holdout: testOf({ week: 1 }).holdout,
      chargedAt: expect.stringMatching(/Z$/),
    },
  ]);
});

test('another champion or another holdout is another test, and draws from the reserve', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await prepare({ db, week: 2 });
  const accounts = [];
  for (const changes of [
    {},
    { number: 2, champion: 1 },
    { number: 3, champion: 1, holdout: testOf({ week: 1 }).holdout },
    { number: 4, champion: 1 },
  ])
    accounts.push((await chargeError(db, testOf({ week: 2 }, changes), decide)).account);
  expect(accounts).toEqual(['schedule', 'reserve', 'reserve', 'reserve']);
  expect(await chargesOf(db, model, 'live')).toHaveLength(3);
});

test('many at once do not overdraw, whoever comes first', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const weeks = Array.from({ length: 20 }, (_, at) => at + 1);
  for (const week of weeks) await prepare({ db, week, trigger: 'manual' });
  const charges = await Promise.all(weeks.map((week) => chargeError(db, testOf({ week }), decide)));
  expect(charges.filter(({ account }) => account === 'reserve')).toHaveLength(13);
  expect(charges.filter(({ account }) => account === 'exhausted')).toHaveLength(7);
});

test('each lineage has its own account, which the next definition version goes on with', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await apply(db, 'second');
  await prepare({ db, week: 1 });
  await prepare({ db, week: 1, version: 2, definitionVersion: 2 });
  await prepare({ db, week: 1, version: 3, lineage: 'backfill-1' });
  const account = async (actor: Omit<Actor, 'db'>) => (await chargeError(db, testOf(actor), decide)).account;
  expect(await account({ week: 1 })).toBe('schedule');
  expect(await account({ week: 1, version: 2, definitionVersion: 2 })).toBe('reserve');
  expect(await account({ week: 1, version: 3, lineage: 'backfill-1' })).toBe('schedule');
});

test('an attempt that was replaced is charged nothing; the next one finds what was charged', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const id = await prepare({ db, week: 1 });
  const first = await chargeError(db, testOf({ week: 1 }), decide);
  const failure = { code: 'FitFailed', message: 'it raised', advice: 'mend it', step: 'fit', traceback: null };
  await recordOutcome(db, id, { status: 'failed', failure });
  await claim({ db, week: 1 }, 'again');
  await expect(chargeError(db, testOf({ week: 1 }, { champion: 1 }), decide)).rejects.toMatchObject({
    code: 'LedgerConflict',
  });
  expect(await chargeError(db, testOf({ week: 1 }, { cycle: { id, attempt: 2 } }), decide)).toEqual(first);
  expect(await chargesOf(db, model, 'live')).toHaveLength(1);
});

test('charges are neither changed nor removed, nor made up about another cycle', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  await prepare({ db, week: 1 });
  await chargeError(db, testOf({ week: 1 }), decide);
  const refused = { code: 'LedgerConflict' };
  await expect(owner.updateTable('error_charges').set({ alpha: 0.5 }).execute()).rejects.toMatchObject(refused);
  await expect(owner.deleteFrom('error_charges').execute()).rejects.toMatchObject(refused);
  await expect(sql`truncate reign.error_charges`.execute(owner)).rejects.toMatchObject(refused);
  const [charge] = await db.selectFrom('error_charges').selectAll().execute();
  if (charge === undefined) throw new Error('no charge');
  // The database gives number and time.
  const { id: _id, charged_at: _time, ...row } = charge;
  for (const change of [
    {},
    { challenger_version: 2 },
    { challenger_version: 2, account: 'reserve', as_of: identity({ week: 2 }).asOf },
    { challenger_version: 2, account: 'reserve', trigger: 'manual' },
    { challenger_version: 2, account: 'reserve', alpha: 0 },
  ] as const)
    await expect(
      db
        .insertInto('error_charges')
        .values({ ...row, ...change })
        .execute(),
    ).rejects.toMatchObject(refused);
  await db
    .insertInto('error_charges')
    .values({ ...row, challenger_version: 2, account: 'reserve' })
    .execute();
});

test('the activity takes policy and schedule from the definition', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const gate = { ...definition().gate, error: budget };
  const stored = { codeHash: hashOf('code'), columns: [], appliedBy: osUser('ada') };
  await storeDefinition(db, { ...stored, definition: { ...definition(), gate, schedule } });
  await prepare({ db, week: 1 });
  await prepare({ db, week: 2, definitionVersion: 2 });
  const { chargeError: charge } = chargeErrorActivities({ ledger } as unknown as World);
  const request = (week: number, definitionVersion: number) => ({
    ...testOf({ week }),
    cycle: { ...identity({ week, definitionVersion }), attempt: 1 },
  });
  expect(await charge(request(1, 1))).toEqual({ alpha: 0.025, account: 'cycle' });
  expect(await charge(request(2, 2))).toEqual({
    alpha: scheduledAlpha(budget, schedule),
    account: 'schedule',
  });
});

/** A cycle that may be tested, without a fit. */
async function open({ db }: TestLedger, asOf: string, trigger: 'manual' | 'schedule'): Promise<Claim> {
  const key = { model, lineage: 'live', asOf, definitionVersion: 1 };
  const windows = {
    train: { from: daysBefore(asOf, 40), to: daysBefore(asOf, 20) },
    holdout: { from: daysBefore(asOf, 15), to: daysBefore(asOf, 1) },
  };
  return await claimCycle(db, { id: cycleId(key), ...key, trigger, windows, attemptToken: 'run' });
}

const daysBefore = (asOf: string, days: number) => new Date(Date.parse(asOf) - days * 86_400_000).toISOString();

test('any tests in any order, several at once: no 365 days hold more than the budget', async () => {
  const day = 86_400_000;
  const year = 365 * day;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 130 }), { minLength: 40, maxLength: 90 }),
      fc.array(fc.boolean(), { minLength: 90, maxLength: 90 }),
      async (weeks, byHand) => {
        await using ledger = await withLedger();
        const { db } = ledger;
        await apply(db);
        const holdout = hashOf('rows');
        await db.insertInto('snapshots').values({ content_hash: holdout, rows: 10 }).execute();
        const tests = await Promise.all(
          weeks.map(async (week, at) => {
            const asOf = new Date(Date.UTC(2001, 0, 1, 6) + week * 7 * day).toISOString().replace('.000', '');
            const { cycle } = await open(ledger, asOf, byHand[at] ? 'manual' : 'schedule');
            return { cycle, number: 1, challenger: week + 1, champion: null, holdout };
          }),
        );
        await makeUpVersions(
          db,
          tests.map(({ cycle, challenger: version }) => ({ cycle, version })),
        );
        await Promise.all(tests.map((one) => chargeError(db, one, decide)));
        const drawn = (await chargesOf(db, model, 'live')).filter(({ account }) => account !== 'exhausted');
        for (const { asOf: end } of drawn) {
          const within = drawn.filter(({ asOf }) => asOf <= end && Date.parse(asOf) > Date.parse(end) - year);
          expect(within.reduce((sum, { alpha }) => sum + alpha, 0)).toBeLessThanOrEqual(0.05 + 1e-12);
        }
      },
    ),
    { numRuns: 4 },
  );
});
