import { expect, test } from 'vitest';
import { championToBeat } from '../../activities/championToBeat.ts';
import { planQueries } from '../../activities/planQueries.ts';
import { type Champion, currentChampion } from '../../ledger/champions.ts';
import { storeFollowUp } from '../../ledger/followUps.ts';
import type { Definition } from '../../schemas/definition.ts';
import { Gate } from '../../schemas/definition.ts';
import { identity, model, prepare, primary, reign, windows } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { applyReadable, readable, worldOf } from './world.ts';

const nonInferior = Gate.parse({ win: 'nonInferior', margin: 0.01, reason: 'it is cheaper to run' });

/** What a week's cycle has to beat. */
async function toBeat(ledger: TestLedger, week: number, changes: Partial<Definition> = {}) {
  const world = worldOf(ledger);
  const definition = readable(changes);
  const { asOf } = identity({ week });
  const { holdout } = windows(week);
  const champion = (await currentChampion(ledger.db, model, 'live')) as Champion;
  const { holdout: holdoutQuery } = await planQueries(world, definition, windows(week), asOf);
  return await championToBeat(world, champion, holdout, { definition, asOf, holdoutQuery });
}

test('a challenger that need not be better is held against the last champion that was', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await applyReadable(ledger);
  await reign({ db, week: 1 });
  // The champion itself is no second opponent.
  expect((await toBeat(ledger, 2, { gate: nonInferior })).anchor).toBeNull();
  await reign({ db, week: 2, gate: { win: 'nonInferior', margin: 0.01, reason: 'it is cheaper to run' } });
  expect(await toBeat(ledger, 3, { gate: nonInferior })).toMatchObject({
    version: 2,
    epoch: 2,
    anchor: { version: 1 },
  });
  expect((await toBeat(ledger, 3)).anchor).toBeNull();
});

test('the last promotion is looked at again until its period is over, by the metric that it was promoted on', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await applyReadable(ledger);
  await reign({ db, week: 1 });
  // The holdout of the same week shows nothing of the time after.
  expect((await toBeat(ledger, 1)).promotion).toBeNull();
  const { promotion } = await toBeat(ledger, 2);
  const promised = { estimate: 0.2, low: primary.low, high: primary.high };
  const period = { from: windows(1).holdout.to, to: windows(3).holdout.to };
  expect(promotion).toEqual({ cycle: identity({ week: 1 }).id, epoch: 1, window: period, promised, beaten: null });
  const other = Gate.parse({ primary: 'log_loss' });
  expect((await toBeat(ledger, 2, { gate: other })).promotion).toBeNull();

  await reign({ db, week: 2 });
  expect((await toBeat(ledger, 3)).promotion).toMatchObject({ epoch: 2, beaten: { version: 1 } });
  await prepare({ db, week: 4 });
  const known = {
    cycle: identity({ week: 2 }).id,
    epoch: 2,
    window: period,
    promised,
    found: null,
    unmeasured: 'none',
  };
  await storeFollowUp(db, { id: identity({ week: 4 }).id, attempt: 1 }, { ...known, rows: 700, complete: true });
  // From then on each holdout that begins where the last one ended is a look; not one that shares rows with it.
  const found = { ...known, complete: true, rows: 700 };
  const looked = async (week: number, number: number) => {
    const { promotion: next } = await toBeat(ledger, week);
    expect(next).toMatchObject({ window: windows(week).holdout, look: { number, of: 8, alpha: 0.00625 } });
    await prepare({ db, week, version: week + 100 });
    const at = { id: identity({ week }).id, attempt: 1 };
    if (next?.look !== undefined)
      await storeFollowUp(db, at, { ...found, window: next.window, look: next.look }, { verdict: null, evidence });
  };
  const evidence = 'e'.repeat(64);
  await looked(5, 1);
  expect((await toBeat(ledger, 6)).promotion).toBeNull();
  for (const [at, week] of [7, 9, 11, 13, 15, 17].entries()) await looked(week, at + 2);
  // As the probation began, so it ends.
  const fewer = Gate.parse({ probation: { looks: 2 } });
  expect((await toBeat(ledger, 19, { gate: fewer })).promotion).toMatchObject({ look: { number: 8, of: 8 } });
  await looked(19, 8);
  expect((await toBeat(ledger, 21)).promotion).toBeNull();
});
