import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { recordActivities } from '../../activities/record.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { stepDurationsOf } from '../../ledger/stepDurations.ts';
import type { Outcome, RetrainRequest } from '../../schemas/steps.ts';
import type { Store } from '../../store/openStore.ts';
import { evidence } from '../gate/evidence.ts';
import { apply, claim, hashOf, identity, judgementOf, prepare } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { wakingClient } from './wakingClient.ts';
import { worldOf } from './world.ts';

const document = Buffer.from(JSON.stringify(evidence()));
const hash = createHash('sha256').update(document).digest('hex');
const store = { readDocument: async () => document } as unknown as Store;

const outcome: Outcome = { status: 'kept', summary: 'It says keep.', failure: null };

/** Records a week's outcome. MLflow is down, which it learns last: what the ledger gets stays. */
async function record(ledger: TestLedger, claimed: { attempt: number | null; token: string }) {
  const { id: _, ...key } = identity({ week: 1 });
  const request: RetrainRequest = { ...key, trigger: 'manual' };
  const activity = recordActivities(worldOf(ledger, { store })).record;
  const { client } = wakingClient();
  const durations = [{ step: 'fit', seconds: 3 }];
  await new MockActivityEnvironment({}, { client }).run(activity, request, outcome, claimed, durations);
}

const isDown = { code: 'TrackerUnavailable' };
const now = ({ db }: TestLedger) => cycleById(db, identity({ week: 1 }).id);

test('an attempt that claimed nothing writes nothing', async () => {
  await using ledger = await withLedger();
  await apply(ledger.db);
  await record(ledger, { attempt: null, token: 'run-1' });
  expect(await now(ledger)).toBeUndefined();
  await claim({ db: ledger.db, week: 1 }, 'run-1');
  await expect(record(ledger, { attempt: null, token: 'another' })).rejects.toMatchObject(isDown);
  expect(await now(ledger)).toMatchObject({ status: 'running' });
});

test('an outcome is written with what the last judgement says, by what the attempt claimed with', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const cycle = await prepare({ db, week: 1 }, 'run-1');
  for (const number of [1, 2])
    await storeJudgement(db, {
      ...(await judgementOf({ db, week: 1 }, number === 1 ? 'promote' : 'keep', number)),
      evidence: number === 1 ? hashOf('superseded') : hash,
    });
  await expect(record(ledger, { attempt: null, token: 'run-1' })).rejects.toMatchObject(isDown);
  expect(await now(ledger)).toMatchObject({
    ...{ status: 'kept', summary: 'It says keep.', verdict: 'keep', evidence: hash, challenger: 1 },
    ...{ primary: { metric: 'roc_auc', difference: 0.02 }, rows: { judged: 1000 } },
  });
  expect(await stepDurationsOf(db, { id: cycle, attempt: 1 })).toEqual([{ step: 'fit', seconds: 3 }]);
  // MLflow has still to follow.
  const pending = await db.selectFrom('pending_projections').select('part').where('cycle', '=', cycle).execute();
  expect(pending.map(({ part }) => part).sort()).toEqual(['champion', 'outcome']);
});
