import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { planActivities } from '../../activities/plan.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { storeRetirement } from '../../ledger/retirements.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import type { RetrainRequest } from '../../schemas/steps.ts';
import { crown, identity, judge, model, prepare, reign } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { applyReadable, worldOf } from './world.ts';

const retrainRequest = (week: number): RetrainRequest => ({ ...keyOf(week), trigger: 'manual', actor: osUser('ada') });
const keyOf = (week: number) => {
  const { id: _, ...key } = identity({ week });
  return key;
};

/** As the cycle's workflow asks. */
const plan = (ledger: TestLedger, request: RetrainRequest, token = 'run-1') =>
  new MockActivityEnvironment({
    workflowExecution: { workflowId: cycleId(request), runId: token },
  }).run(planActivities(worldOf(ledger)).plan, request, token);

test('a first cycle is claimed and has nobody to beat; one that judged before goes on with the next number', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await applyReadable(ledger);
  const planned = await plan(ledger, retrainRequest(1));
  expect(planned).toMatchObject({
    kind: 'planned',
    ...{ cycle: identity({ week: 1 }), attempt: 1, primary: 'roc_auc' },
    windows: {
      train: { from: '2001-01-05T12:00:00Z', to: '2001-02-02T12:00:00Z' },
      holdout: { from: '2001-02-03T18:00:00Z', to: '2001-02-17T18:00:00Z' },
    },
    extraction: { connection: 'warehouse', queries: [{ purpose: 'train' }, { purpose: 'holdout' }] },
    ...{ champion: null, foresight: null, firstJudgement: 1 },
    past: { evidence: [], observations: [], lastPredictions: null },
  });
  expect(await cycleById(db, identity({ week: 1 }).id)).toMatchObject({ status: 'running', trigger: 'manual' });
  expect(await plan(ledger, retrainRequest(1))).toEqual(planned);
  await prepare({ db, week: 1 });
  await judge({ db, week: 1 });
  const failure = { code: 'FitFailed', message: 'it raised', advice: '', step: 'fit', traceback: null };
  await recordOutcome(db, identity({ week: 1 }).id, { status: 'failed', failure });
  expect(await plan(ledger, retrainRequest(1), 'run-2')).toMatchObject({ attempt: 2, firstJudgement: 2 });
});

test('a cycle that has its result is answered with it, and one behind the champion is superseded', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await applyReadable(ledger);
  await prepare({ db, week: 2 });
  await crown({ db, week: 2 }, await judge({ db, week: 2 }));
  await recordOutcome(db, identity({ week: 2 }).id, { status: 'promoted', summary: 'It won.' });
  expect(await plan(ledger, retrainRequest(2), 'run-2')).toEqual({
    ...{ kind: 'settled', status: 'promoted', summary: 'It won.' },
  });
  expect(await plan(ledger, retrainRequest(1))).toEqual({
    ...{ kind: 'superseded', attempt: 1 },
    summary: expect.stringContaining(`Version 2 (asOf ${identity({ week: 2 }).asOf}) reigns already`),
  });
  expect(await plan(ledger, retrainRequest(3))).toMatchObject({ kind: 'planned', champion: { version: 2, epoch: 1 } });
});

test('no cycle belongs to the future, by more than two clocks may differ where a schedule asks', async () => {
  await using ledger = await withLedger();
  await applyReadable(ledger);
  const inSeconds = (seconds: number) => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
  const manual = (seconds: number) => ({ ...retrainRequest(1), asOf: inSeconds(seconds) });
  const scheduled = (seconds: number): RetrainRequest => ({
    ...manual(seconds),
    ...{ trigger: 'schedule', actor: { kind: 'schedule', name: model, authentication: 'internal' } },
  });
  await expect(plan(ledger, manual(30))).rejects.toMatchObject({ code: 'AsOfInFuture' });
  await expect(plan(ledger, scheduled(300))).rejects.toMatchObject({ code: 'AsOfInFuture' });
  expect(await plan(ledger, scheduled(30))).toMatchObject({ kind: 'planned' });
  await expect(plan(ledger, { ...retrainRequest(1), definitionVersion: 9 })).rejects.toMatchObject({
    code: 'ModelUnknown',
  });
});

test('a retired model is not retrained', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await applyReadable(ledger);
  await reign({ db, week: 1 });
  await storeRetirement(db, { model, definitionVersion: 1, reason: 'replaced', actor: osUser('ada') });
  await expect(plan(ledger, retrainRequest(2))).rejects.toMatchObject({
    code: 'ModelRetired',
    message: expect.stringContaining('replaced'),
  });
});
