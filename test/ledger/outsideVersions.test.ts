import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { admitVersion } from '../../ledger/outsideVersions.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { expiredSnapshots } from '../../ledger/retention.ts';
import { projectChampion } from '../../projection/projectChampion.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { apply, definition, hashOf, identity, model, snapshot, windows } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

const ada = osUser('ada');

const admit = ({ db }: TestLedger, trainSnapshot: string | null = null) =>
  admitVersion(db, {
    ...{ model, version: 7, modelUri: 'models:/m-7', files: { MLmodel: 'x' }, digest: hashOf('files') },
    ...{ trainSnapshot, trainRows: trainSnapshot === null ? null : 100, trainWindow: windows(1).train },
    ...{ registeredAt: '2001-02-01T00:00:00Z', run: null, actor: ada, reason: 'from my notebook' },
  });

/** Begins a challenge of version 7. */
async function challenge({ db }: TestLedger, week: number): Promise<string> {
  const { id: _, ...key } = identity({ week });
  const id = cycleId({ ...key, challenger: 7 });
  await claimCycle(db, {
    ...{ ...key, id, trigger: 'manual', actor: ada, windows: windows(week), attemptToken: 'run-1' },
    challenger: { id: `${model}.registered.7`, version: 7 },
  });
  return id;
}

/** Lets the gate crown version 7 in week 2. */
async function crown(ledger: TestLedger): Promise<void> {
  const { db } = ledger;
  const id = await challenge(ledger, 2);
  await nameSnapshots(db, { id, attempt: 1 }, [snapshot({ week: 2 }, 'train'), snapshot({ week: 2 }, 'holdout')]);
  const { number } = await storeJudgement(db, {
    ...{ cycle: id, attempt: 1, number: 1, epoch: 0, challenger: 7, champion: null, championCycle: null },
    ...{ evidence: hashOf('evidence'), rehearsal: null, primary: null },
    policy: { gate: definition().gate, labels: 'complete' },
    verdict: { kind: 'promote', summary: 'It says promote.', deciding: 'primary', checks: [] },
  });
  const asked = { cycle: id, judgementNumber: number, epoch: 0, version: 7, reason: 'better' };
  expect(await promote(db, asked)).toEqual({ outcome: 'promoted', epoch: 1 });
}

test('a version from outside reigns for the asOf of the challenge that crowned it, whatever was asked for besides', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await admit(ledger);
  // It would have waited for rows until then, and was cancelled.
  await recordOutcome(db, await challenge(ledger, 9), { attempt: 1, status: 'cancelled' });
  await crown(ledger);
  expect(await currentChampion(db, model, 'live')).toMatchObject({ version: 7, asOf: identity({ week: 2 }).asOf });
});

test('the rows that a version from outside was fitted on go with the retention of its model', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await storeDefinition(db, {
    ...{ definition: { ...definition(), retention: { features: 'P90D' } }, codeHash: hashOf('code'), columns: [] },
    appliedBy: ada,
  });
  const train = snapshot({ week: 1 }, 'train').contentHash;
  await admit(ledger, train);
  const id = await challenge(ledger, 2);
  const expired = async () => await expiredSnapshots(db, new Date(Date.now() + 91 * 86_400_000));
  expect(await expired()).toEqual([]);
  await recordOutcome(db, id, { attempt: 1, status: 'cancelled' });
  expect(await expired()).toMatchObject([{ hash: train, uses: [{ model, retention: 'P90D' }] }]);
});

test('the alias never names another model under the number of a version from outside', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await admit(ledger);
  await crown(ledger);
  let registeredAt = Date.parse('2001-03-01T00:00:00Z');
  let aliases = 0;
  const registry = createServer((asked, answer) => {
    const say = (status: number, body: object) => answer.writeHead(status).end(JSON.stringify(body));
    if (asked.url?.includes('/model-versions/get') === true)
      return say(200, { model_version: { version: '7', creation_timestamp: registeredAt } });
    if (asked.method !== 'GET') aliases += 1;
    else if (aliases === 0) return say(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: '' });
    return say(200, { model_version: { version: '7' } });
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const tracker = openTracker(`http://127.0.0.1:${(registry.address() as AddressInfo).port}`, {});
  await expect(projectChampion(tracker, db, model)).rejects.toMatchObject({ code: 'TrackerRefused' });
  expect(aliases).toBe(0);
  registeredAt = Date.parse('2001-02-01T00:00:00Z') - 1;
  await projectChampion(tracker, db, model);
  expect(aliases).toBe(1);
  registry.closeAllConnections();
  registry.close();
});
