import { expect, test } from 'vitest';
import { planQueries } from '../../activities/planQueries.ts';
import { versionToScore } from '../../activities/versionToScore.ts';
import type { World } from '../../activities/world.ts';
import { type Champion, currentChampion } from '../../ledger/champions.ts';
import type { Definition } from '../../schemas/definition.ts';
import { identity, model, reign, windows } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { applyReadable, query, readable, worldOf } from './world.ts';

const { asOf } = identity({ week: 2 });

/** A challenger of this definition against a champion of the other: what scoring the champion takes. */
async function scored(
  ledger: TestLedger,
  champions: Parameters<typeof readable>[0],
  challengers: Parameters<typeof readable>[0] = {},
  world: World = worldOf(ledger),
) {
  await applyReadable(ledger, champions);
  await reign({ db: ledger.db, week: 1 });
  const champion = (await currentChampion(ledger.db, model, 'live')) as Champion;
  const definition = readable(challengers);
  const { holdout: holdoutQuery } = await planQueries(worldOf(ledger), definition, windows(2), asOf);
  return await versionToScore(world, champion, windows(2).holdout, { definition, asOf, holdoutQuery });
}

test('a champion that reads the source as the challenger does shares its holdout', async () => {
  await using ledger = await withLedger();
  const found = await scored(ledger, {}, { description: 'another one' });
  expect(found).toMatchObject({
    version: 1,
    asOf: identity({ week: 1 }).asOf,
    definitionVersion: 1,
    holdoutExtraction: null,
    unscorable: null,
  });
  expect(found).not.toHaveProperty('classes');
});

test.each<[string, Partial<Definition['source']>]>([
  ['by another query', { query: `${query} where true` }],
  ['from another warehouse', { connection: 'lake' }],
])('a champion that reads the source %s gets the same holdout by its own', async (_, source) => {
  await using ledger = await withLedger();
  const { holdoutExtraction, unscorable } = await scored(ledger, { source });
  expect(unscorable).toBeNull();
  expect(holdoutExtraction).toMatchObject({
    connection: source.connection ?? 'warehouse',
    queries: [{ purpose: 'championHoldout', window: windows(2).holdout, settings: { 'reign.as_of': asOf } }],
  });
});

test('a champion whose query no longer works is not scored, with the reason', async () => {
  await using ledger = await withLedger();
  const { holdoutExtraction, unscorable } = await scored(ledger, { source: { query: 'select gone from nowhere' } });
  expect(holdoutExtraction).toBeNull();
  expect(unscorable).toMatch(/^QueryInvalid: .*nowhere/);
});

test('a warehouse that is down says nothing about the champion', async () => {
  await using ledger = await withLedger();
  const down = worldOf(ledger, { connectionUrl: () => 'postgresql://ada:secret@127.0.0.1:1/warehouse' });
  await expect(scored(ledger, {}, {}, down)).rejects.toMatchObject({ code: 'SourceUnavailable' });
});

const labelled = (late: string) => ({ query: query.replace('true as late', `${late} as late`) });

test.each<[string, Parameters<typeof readable>[0], RegExp]>([
  [
    'another task',
    { task: 'regression', label: undefined, source: labelled('1.5') },
    /^its task is regression, that of the challenger binary\./,
  ],
  [
    'other classes',
    { label: { classes: ['no', 'yes'], positive: 'yes' }, source: labelled("'yes'") },
    /^its classes or its positive class are not those/,
  ],
  [
    'the other positive class',
    { label: { classes: [false, true], positive: false } },
    /^its classes or its positive class/,
  ],
])('a champion of %s is not compared', async (_, changes, reason) => {
  await using ledger = await withLedger();
  expect((await scored(ledger, changes)).unscorable).toMatch(reason);
});

test('the order of classes changes nothing but the order in which its scores are read', async () => {
  await using ledger = await withLedger();
  const reversed = { label: { classes: [true, false], positive: true } };
  expect(await scored(ledger, reversed)).toMatchObject({ unscorable: null, classes: [true, false] });
});
