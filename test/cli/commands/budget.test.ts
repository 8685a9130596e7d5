import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { chargeOf } from '../../../gate/errorBudget.ts';
import { claimCycle } from '../../../ledger/claimCycle.ts';
import { storeDefinition } from '../../../ledger/definitions.ts';
import { chargeError } from '../../../ledger/errorCharges.ts';
import type { Ledger } from '../../../ledger/openLedger.ts';
import { osUser } from '../../../schemas/actor.ts';
import { cycleId, type Trigger } from '../../../schemas/cycle.ts';
import { Definition } from '../../../schemas/definition.ts';
import { validDefinition } from '../../definition/valid.ts';
import { makeUpVersions } from '../../ledger/makeUpVersions.ts';
import { type TestDatabase, withDatabase } from '../../postgres.ts';
import { ledgerWithModel, model } from '../filledLedger.ts';
import { runCommand } from '../runCommand.ts';

let database: TestDatabase;
let ledger: Ledger;
beforeAll(async () => {
  database = await withDatabase();
  ledger = await ledgerWithModel(database.url);
});
afterAll(async () => {
  await ledger.close();
  await database[Symbol.asyncDispose]();
});

const reign = (...args: string[]) => runCommand(args, { env: { REIGN_LEDGER_URL: database.url } });
const windows = {
  train: { from: '2000-01-01T00:00:00Z', to: '2000-01-29T00:00:00Z' },
  holdout: { from: '2000-01-29T00:00:00Z', to: '2000-02-12T00:00:00Z' },
};
let version = 0;

/** Tests one more challenger by the newest definition. */
async function charge(asOf: string, trigger: Trigger, lineage = 'live'): Promise<void> {
  const { db } = ledger;
  const definitionVersion = (await storeDefinition(db, applied)).version;
  const key = { model, lineage, asOf: `${asOf}T06:00:00Z`, definitionVersion };
  const id = cycleId(key);
  if (lineage !== 'live') {
    const begun = db.insertInto('lineages').values({ model, name: lineage, kind: 'backfill' });
    await begun.onConflict((one) => one.doNothing()).execute();
  }
  const { cycle } = await claimCycle(db, { id, ...key, trigger, windows, attemptToken: 'run' });
  await makeUpVersions(db, [{ cycle, version: ++version }]);
  const holdout = 'b'.repeat(64);
  await db
    .insertInto('snapshots')
    .values({ content_hash: holdout, rows: 10 })
    .onConflict((one) => one.doNothing())
    .execute();
  const { gate, schedule } = applied.definition;
  await chargeError(
    db,
    { cycle: { id, attempt: 1 }, number: 1, challenger: version, champion: null, holdout },
    (one, past) => chargeOf(gate.error, schedule, one, past),
  );
}

const definition = Definition.parse(parse(validDefinition));
let applied = { definition, codeHash: 'c'.repeat(64), columns: [], appliedBy: osUser('ada') };

describe('reign budget', () => {
  test('before anything was tested', async () => {
    const { code, stdout, stderr } = await reign('budget', model);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "flight-delay  live  the 365 days up to asOf 2001-06-30T12:00:00Z

      Each cycle promotes a challenger that is not better with a chance of at most 0.025: no account is kept.
      0 tests in these days: at most 0 wrong promotions expected among them.

      No test was charged in these days.
      "
    `);
  });

  test('of a model that keeps no account', async () => {
    await charge('2001-01-01', 'schedule');
    await charge('2001-01-08', 'manual');
    expect((await reign('budget', model)).stdout).toMatchInlineSnapshot(`
      "flight-delay  live  the 365 days up to asOf 2001-01-08T06:00:00Z

      Each cycle promotes a challenger that is not better with a chance of at most 0.025: no account is kept.
      2 tests in these days: at most 0.05 wrong promotions expected among them.

      asOf                  account  alpha  version  against  trigger   cycle
      2001-01-01T06:00:00Z  cycle    0.025  v1       trivial  schedule  flight-delay.live.20010101T060000Z.v1
      2001-01-08T06:00:00Z  cycle    0.025  v2       trivial  manual    flight-delay.live.20010108T060000Z.v1
      "
    `);
    const { code, json } = await reign('budget', model, '--json');
    expect(code).toBe(0);
    expect(json()).toMatchObject({
      model,
      lineage: 'live',
      definitionVersion: 1,
      policy: { perCycle: 0.025 },
      from: '2000-01-09T06:00:00Z',
      to: '2001-01-08T06:00:00Z',
      tests: 2,
      expectedWrongPromotions: 0.05,
      accounts: null,
      charges: [{ asOf: '2001-01-01T06:00:00Z', account: 'cycle', alpha: 0.025 }, { trigger: 'manual' }],
    });
  });

  test('of a model with a budget', async () => {
    const error = { wrongPromotions: 0.05, per: 'P1Y', reserve: 0.05 } as const;
    applied = { ...applied, definition: { ...definition, gate: { ...definition.gate, error } } };
    await charge('2001-01-15', 'schedule');
    await charge('2001-01-22', 'schedule');
    for (const day of ['23', '24', '25']) await charge(`2001-01-${day}`, 'manual');
    await charge('2001-01-22', 'backfill', 'backfill-1');
    expect((await reign('budget', model)).stdout).toMatchInlineSnapshot(`
      "flight-delay  live  the 365 days up to asOf 2001-01-25T06:00:00Z

      At most 0.05 wrong promotions are expected in any 365 days; 5 % of that is the reserve.
      Each test has 0.000896: the schedule comes to at most 53 tests a year.

      account   allowed    spent      left  tests  tests left  oldest falls out
      schedule   0.0475  0.00179    0.0457      2          51  2002-01-15T06:00:00Z
      reserve    0.0025  0.00179  0.000708      2           0  2002-01-23T06:00:00Z

      1 test ran after the budget was spent; the best possible verdict was review.

      0.05 was spent before there was a budget. The budget holds for any 365 days that begin after that.

      asOf                  account    alpha     version  against  trigger   cycle
      2001-01-01T06:00:00Z  cycle      0.025     v1       trivial  schedule  flight-delay.live.20010101T060000Z.v1
      2001-01-08T06:00:00Z  cycle      0.025     v2       trivial  manual    flight-delay.live.20010108T060000Z.v1
      2001-01-15T06:00:00Z  schedule   0.000896  v3       trivial  schedule  flight-delay.live.20010115T060000Z.v2
      2001-01-22T06:00:00Z  schedule   0.000896  v4       trivial  schedule  flight-delay.live.20010122T060000Z.v2
      2001-01-23T06:00:00Z  reserve    0.000896  v5       trivial  manual    flight-delay.live.20010123T060000Z.v2
      2001-01-24T06:00:00Z  reserve    0.000896  v6       trivial  manual    flight-delay.live.20010124T060000Z.v2
      2001-01-25T06:00:00Z  exhausted  0.000896  v7       trivial  manual    flight-delay.live.20010125T060000Z.v2
      "
    `);
    expect((await reign('budget', model, '--json')).json()).toMatchObject({
      definitionVersion: 2,
      tests: 7,
      exhausted: 1,
      accounts: { yearlyTests: 53, schedule: { tests: 2, testsLeft: 51 }, reserve: { tests: 2, testsLeft: 0 } },
    });
  });

  test('of another lineage, and at another time', async () => {
    const backfill = await reign('budget', model, '--lineage', 'backfill-1', '--json');
    expect(backfill.json()).toMatchObject({ lineage: 'backfill-1', tests: 1, charges: [{ account: 'schedule' }] });
    const later = await reign('budget', model, '--as-of', '2002-01-22T06:00:00Z', '--json');
    expect(later.json()).toMatchObject({
      to: '2002-01-22T06:00:00Z',
      tests: 3,
      accounts: { schedule: { tests: 0, freesAt: null }, reserve: { tests: 2 } },
    });
  });

  test('of a model that is not there, and at a time that is none', async () => {
    expect([(await reign('budget', 'flight', '--json')).json()]).toMatchObject([{ error: { code: 'ModelUnknown' } }]);
    const wrong = await reign('budget', model, '--as-of', 'yesterday', '--json');
    expect([wrong.code, wrong.json()]).toMatchObject([2, { error: { code: 'AsOfInvalid' } }]);
  });
});
