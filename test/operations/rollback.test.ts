import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { followChampion } from '../../projection/followChampion.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { runCommand } from '../cli/runCommand.ts';
import { apply, hashOf, identity, judge, model, prepare, reign } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { championRegistry } from './championRegistry.ts';

const { username: me } = userInfo();
const idOf = (week: number) => identity({ week }).id;
const why = ['--reason', 'customers complain'];

/** Three champions, a fourth version that was kept, and the registry that knows them all. */
async function scene(cycleOf: (version: number) => string | undefined = idOf) {
  const ledger = await withLedger();
  const registry = await championRegistry(cycleOf);
  await apply(ledger.db);
  for (const week of [1, 2, 3]) await reign({ db: ledger.db, week });
  await prepare({ db: ledger.db, week: 4 });
  await judge({ db: ledger.db, week: 4 }, 'keep');
  await recordOutcome(ledger.db, idOf(4), { status: 'kept', verdict: 'keep' });
  const env = { REIGN_LEDGER_URL: ledger.url, MLFLOW_TRACKING_URI: registry.uri };
  return {
    ...{ ledger, registry },
    reign: (...args: string[]) => runCommand(args, { env }),
    json: async (...args: string[]): Promise<Record<string, unknown>> => {
      const { code, json } = await runCommand([...args, '--json'], { env });
      return { code, ...json() };
    },
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
    },
  };
}

test('a rollback is in the ledger and in the alias when the command ends, and the gate stops promoting until somebody resumes', async () => {
  await using on = await scene();
  const done = await on.reign('rollback', model, ...why);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toBe(
    [
      'flight-delay: version 2 reigns again, instead of version 3 (epoch 4).',
      'From now on promotions need a person. To let the gate promote again: reign resume-promotions flight-delay --reason TEXT',
      '',
    ].join('\n'),
  );
  expect(on.registry.set).toEqual([2]);
  expect(await pendingProjections(on.ledger.db)).toEqual([]);

  const listed = await on.reign('models');
  expect(listed.stdout).toMatch(/flight-delay .*v2, .* 1 rollback/);
  expect(listed.stdout.replaceAll(/\s+/g, ' ')).toContain(
    `by ${me} (epoch 4: customers complain). To end this: reign resume`,
  );
  const told = await on.reign('history', model);
  expect(told.stdout).toMatch(new RegExp(`v2 .* now .* rollback .* ${me} +customers complain\n`));
  expect(told.stdout).toMatch(/\n1 rollback\.\n$/);

  const resumed = await on.reign('resume-promotions', model, '--reason', 'the feed is repaired');
  expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('the gate promotes by itself again') });
  expect(await on.json('resume-promotions', model, '--reason', 'again')).toMatchObject({
    ...{ code: 2, error: { code: 'PromotionsNotHeld', situation: 'notHeld' } },
  });
  expect((await on.json('models')).models).toMatchObject([{ held: null, rollbacks: 1, overrides: 0 }]);
});

test.each([
  ['fails', /TEMPORARILY_UNAVAILABLE|busy|503/],
  ['hangs', /./],
] as const)(
  'MLflow %s: the rollback stands, the answer says that the alias does not follow, and it follows later',
  async (state, reason) => {
    await using on = await scene();
    on.registry.state = state;
    const done = await on.json('rollback', model, ...why);
    expect(done).toMatchObject({
      ...{ code: 0, model, kind: 'rollback', epoch: 4, version: 2, replaced: 3, restoresEpoch: 2, by: me },
      alias: { follows: false, pending: expect.stringMatching(reason) },
    });
    expect(on.registry.set).toEqual([]);
    const [pending] = await pendingProjections(on.ledger.db);
    expect(pending).toMatchObject({ part: 'champion', model, cycle: idOf(2) });
    on.registry.state = 'answers';
    const follower = { ledger: on.ledger, tracker: openTracker(on.registry.uri) };
    await followChampion(follower, { id: idOf(2), model, lineage: 'live' });
    expect(on.registry.set).toEqual([2]);
    expect(await pendingProjections(on.ledger.db)).toEqual([]);
  },
);

test('a version that MLflow no longer has: the rollback stands, and the answer says what is missing', async () => {
  await using on = await scene((version) => (version === 2 ? undefined : idOf(version)));
  const done = await on.reign('rollback', model, ...why);
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/MLflow's alias does not follow yet: .*version 2.* does not have it/);
  expect(on.registry.set).toEqual([]);
});

test('without an MLflow here, a worker does it', async () => {
  await using on = await scene();
  const env = { REIGN_LEDGER_URL: on.ledger.url };
  const done = await runCommand(['rollback', model, ...why, '--json'], { env });
  expect(done.json()).toMatchObject({ alias: { follows: false, pending: 'MLFLOW_TRACKING_URI is not set here.' } });
  expect(await pendingProjections(on.ledger.db)).toMatchObject([{ part: 'champion', cycle: idOf(2) }]);
});

test('an override is decided, promoted and projected at once, and counted for ever', async () => {
  await using on = await scene();
  const done = await on.reign('promote', model, '--version', '4', '--override', '--reason', 'the law wants it');
  expect(done).toMatchObject({
    code: 0,
    stdout: 'flight-delay: version 4 reigns against the verdict keep, instead of version 3 (epoch 4).\n',
  });
  expect(on.registry.set).toEqual([4]);
  expect((await on.reign('history', model)).stdout).toMatch(
    new RegExp(`override of keep .* ${me} +the law wants it\n`),
  );
  expect(await on.json('rollback', model, ...why)).toMatchObject({ epoch: 5, version: 3, restoresEpoch: 3 });
  expect((await on.json('models')).models).toMatchObject([{ overrides: 1, rollbacks: 1, held: { epoch: 5 } }]);
});

test('rollback --override reaches a version that never reigned, against its verdict', async () => {
  await using on = await scene();
  expect(await on.json('rollback', model, '--to', '4', '--override', ...why)).toMatchObject({
    ...{ code: 0, kind: 'override', epoch: 4, version: 4, restoresEpoch: null, held: false },
    overrode: { cycle: idOf(4), verdict: 'keep', evidence: hashOf('evidence 4 1') },
  });
  // What has reigned is rolled back to, with or without it.
  expect(await on.json('rollback', model, '--to', '1', '--override', ...why)).toMatchObject({
    ...{ kind: 'rollback', epoch: 5, version: 1, restoresEpoch: 1, overrode: null },
  });
});

const rollback = ['rollback', model, ...why];
const promote = ['promote', model, ...why];
describe('refused, and nothing changes', () => {
  let on: Awaited<ReturnType<typeof scene>>;
  beforeAll(async () => {
    on = await scene();
  });
  afterAll(() => on[Symbol.asyncDispose]());

  test.each([
    ['RollbackRefused', 'reigns', [...rollback, '--to', '3']],
    ['RollbackRefused', 'neverReigned', [...rollback, '--to', '4']],
    ['VersionUnknown', 'notOfModel', [...rollback, '--to', '9']],
    ['VersionUnknown', 'notOfModel', [...rollback, '--to', '9', '--override']],
    ['RollbackRefused', 'moved', [...rollback, '--epoch', '2']],
    ['RollbackRefused', 'nobodyReigns', [...rollback, '--lineage', 'backfill-1']],
    ['ModelUnknown', 'notNamed', ['rollback', 'flight', ...why]],
    ['UsageInvalid', 'command', ['rollback', model]],
    ['UsageInvalid', 'command', ['rollback', model, '--reason', ' ']],
    ['UsageInvalid', 'command', [...rollback, '--to', 'x']],
    ['OverrideRefused', 'notAsked', [...promote, '--version', '4']],
    ['OverrideRefused', 'reigns', [...promote, '--version', '3', '--override']],
    ['OverrideRefused', 'reigned', [...promote, '--version', '2', '--override']],
    ['OverrideRefused', 'otherEvidence', [...promote, '--version', '4', '--override', '--evidence', 'a'.repeat(64)]],
    ['UsageInvalid', 'command', [...promote, '--version', '4', '--override', '--evidence', 'abc']],
    ['UsageInvalid', 'command', [...promote, '--override']],
    ['VersionUnknown', 'notOfModel', [...promote, '--version', '9', '--override']],
    ['PromotionsNotHeld', 'notHeld', ['resume-promotions', model, ...why]],
    ['ModelUnknown', 'notNamed', ['resume-promotions', 'flight', ...why]],
  ] as const)('%s, %s: %j', async (code, situation, args) => {
    expect(await on.json(...args)).toMatchObject({ code: 2, error: { code, situation } });
    expect((await on.json('history', model)).reigns).toHaveLength(3);
  });
});
