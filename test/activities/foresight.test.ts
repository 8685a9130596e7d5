import { expect, test } from 'vitest';
import { foresight } from '../../activities/foresight.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { Definition } from '../../schemas/definition.ts';
import type { ChampionToBeat } from '../../schemas/steps.ts';
import { apply, claim, definition, identity, judge, prepare, primary, reign, windows } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { worldOf } from './world.ts';

const detecting = (gate: object) => Definition.parse({ ...definition(), gate });

/** What is foreseen for a week's cycle against the champion of week 1. */
const foreseen = (ledger: TestLedger, week: number, gate: object = {}) => {
  const { model, lineage, asOf } = identity({ week });
  const champion = { asOf: identity({ week: 1 }).asOf, definition: definition() } as unknown as ChampionToBeat;
  const cycle = { model, lineage, asOf, definition: detecting(gate), holdout: windows(week).holdout };
  return foresight(worldOf(ledger), cycle, champion);
};

/** A champion of week 1, and judgements against it in the weeks after. */
async function judgedWeeks({ db }: TestLedger, to: number): Promise<void> {
  await apply(db);
  await reign({ db, week: 1 });
  for (let week = 2; week <= to; week += 1) {
    await prepare({ db, week });
    await judge({ db, week, primary: { ...primary, standardError: week / 100 } }, 'keep');
    await recordOutcome(db, identity({ week }).id, { status: 'kept' });
  }
}

test('fewer than four earlier judgements tell nothing', async () => {
  await using ledger = await withLedger();
  await judgedWeeks(ledger, 4);
  expect(await foreseen(ledger, 5)).toBeNull();
});

test('the forecast is asked for with the errors of the past and the days that the holdout will have', async () => {
  await using ledger = await withLedger();
  await judgedWeeks(ledger, 5);
  const found = await foreseen(ledger, 6);
  expect(found?.request).toMatchObject({
    alpha: 0.025,
    // No day of this holdout chose the champion.
    clusters: 14,
    // Its training ended 17 days before its asOf, five weeks ago.
    championAgeDays: 17 + 35,
  });
  expect(found?.request.past.map(({ standardError }) => standardError)).toEqual([0.05, 0.04, 0.03, 0.02]);
  // A default is no reason to spare a fit.
  expect(found?.wanted).toBeNull();
});

test('a fit may be spared where the policy says which gain is worth it, and not more than three times in a row', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await judgedWeeks(ledger, 5);
  const gate = { detect: 0.03, minimumGain: 0.01 };
  expect((await foreseen(ledger, 6, gate))?.wanted).toBe(0.02);
  expect(
    (await foreseen(ledger, 6, { detect: 0.03, win: 'nonInferior', margin: 0.01, reason: 'it is cheaper to run' }))
      ?.wanted,
  ).toBeNull();
  for (const week of [6, 7, 8]) {
    expect((await foreseen(ledger, week, gate))?.wanted).toBe(0.02);
    await claim({ db, week });
    await recordOutcome(db, identity({ week }).id, { status: 'skipped', summary: 'In vain.' });
  }
  expect((await foreseen(ledger, 9, gate))?.wanted).toBeNull();
  await prepare({ db, week: 9 });
  await judge({ db, week: 9 }, 'keep');
  await recordOutcome(db, identity({ week: 9 }).id, { status: 'kept' });
  expect((await foreseen(ledger, 10, gate))?.wanted).toBe(0.02);
});
