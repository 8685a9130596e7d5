import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { cycleById } from '../../ledger/cycles.ts';
import { installationId } from '../../ledger/reconciliations.ts';
import { openPeriod } from '../../ledger/schedulePeriods.ts';
import { fittedVersions } from '../../ledger/versions.ts';
import { gcOperation } from '../../operations/gc.ts';
import { perform } from '../../operations/operation.ts';
import { scheduleId } from '../../orchestrator/matchSchedule.ts';
import { reconcileScheduleId } from '../../orchestrator/reconcileSchedule.ts';
import { reconcileLedger } from '../../reconcile/reconcile.ts';
import { osUser } from '../../schemas/actor.ts';
import type { Discrepancy } from '../../schemas/reconcile.ts';
import { pythonBin } from '../../settings/home.ts';
import { openStore } from '../../store/openStore.ts';
import { createLoggedModel, getLoggedModel } from '../../tracker/loggedModels.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import {
  createVersion,
  deleteAlias,
  deleteVersion,
  getAlias,
  getVersion,
  setVersionTags,
} from '../../tracker/registry.ts';
import { createRun, getRun, setRunTags } from '../../tracker/runs.ts';
import { cycleTag } from '../../tracker/tags.ts';
import { until } from '../stack/testHome.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, settings, client, ledger, proxy, command, apply, start, retrain } = await useStack();
const model = 'reconciled';
const actor = osUser('ada');
const source = {
  query: 'select loan_id, applied_at, income, debt, purpose, outcome from loans',
  rowId: 'loan_id',
  eventTime: 'applied_at',
  label: 'outcome',
  labels: 'complete',
  features: ['income', 'debt', 'purpose'],
};

/** What `reign reconcile` says about this file's models. */
async function reconcile(): Promise<Discrepancy[]> {
  const { code, json, stderr } = await command('reconcile', '--json');
  expect(stderr).not.toContain('error');
  const { discrepancies, unchecked } = json() as { discrepancies: Discrepancy[]; unchecked: unknown[] };
  expect([code, unchecked]).toEqual([0, []]);
  return discrepancies.filter((one) => one.model === model);
}

const eventsOfModel = (kind: string) =>
  ledger.db
    .selectFrom('events')
    .select('detail')
    .where('model', '=', model)
    .where('kind', '=', kind)
    .orderBy('id')
    .execute();

/** As a person does in a notebook. */
async function inMlflow(code: string): Promise<void> {
  const env = { ...process.env, MLFLOW_TRACKING_URI: settings.trackerUri };
  const script = `from mlflow import MlflowClient\nclient = MlflowClient()\n${code}`;
  await promisify(execFile)(join(pythonBin, 'python'), ['-c', script], { env });
}

it('the alias that was moved with MLflow’s own client is put back within one reconcile, and the event names the version', async () => {
  await apply(writeDefinition(root, model, { fields: { source, schedule: { cron: '0 6 * * MON' } } }));
  expect((await retrain(model, '2024-03-04')).status).toBe('promoted');
  await retrain(model, '2024-04-01');
  expect(await reconcile()).toEqual([]);
  const tracker = openTracker(settings.trackerUri);
  const champion = await getAlias(tracker, model, 'champion');
  const other = champion === 1 ? 2 : 1;
  await inMlflow(`client.set_registered_model_alias("${model}", "champion", ${other})`);
  const text = `the alias champion was moved by hand to version ${other}; the champion is version ${champion}`;
  expect((await command('doctor')).stdout).toContain(text);
  expect(await getAlias(tracker, model, 'champion')).toBe(other);
  expect(await reconcile()).toMatchObject([{ kind: 'alias-moved', outcome: 'repaired', text }]);
  expect(await getAlias(tracker, model, 'champion')).toBe(champion);
  expect(await eventsOfModel('alias-moved')).toEqual([{ detail: { version: other, champion } }]);
  expect(await reconcile()).toEqual([]);
  expect(await eventsOfModel('alias-moved')).toHaveLength(1);
});

it('the schedule that the worker made does the same, and an alias that was deleted returns', async () => {
  const tracker = openTracker(settings.trackerUri);
  const champion = await getAlias(tracker, model, 'champion');
  await deleteAlias(tracker, model, 'champion');
  const schedule = client.schedule.getHandle(reconcileScheduleId);
  const { numActionsTaken: before } = (await schedule.describe()).info;
  await schedule.trigger();
  await until('it has begun', async () => (await schedule.describe()).info.numActionsTaken > before);
  const { workflow } = (await schedule.describe()).info.recentActions.at(-1)?.action ?? expect.unreachable();
  // It compares more than aliases: the tests that follow would meet it.
  await client.workflow.getHandle(workflow.workflowId).result();
  expect((await eventsOfModel('alias-moved')).slice(1)).toEqual([{ detail: { version: null, champion } }]);
  expect(await getAlias(tracker, model, 'champion')).toBe(champion);
});

it('tags that were changed in MLflow are set again, a version made by hand is named, and gc removes a run that was left', async () => {
  const tracker = openTracker(settings.trackerUri);
  const empty = openStore(mkdtempSync(join(root, 'store-')));
  const parts = { tracker: () => tracker, client: async () => client, store: () => empty };
  await empty.markInstallation(await installationId(ledger.db));
  /** Without the time for which reconcile leaves alone what has just ended. */
  const found = async () => {
    const { discrepancies } = await reconcileLedger({ ledger, repair: actor, grace: 0 }, parts);
    const own = discrepancies.filter((one) => one.model === model && one.part === 'MLflow');
    return own.map(({ kind, outcome }) => `${kind} ${outcome}`);
  };
  const [first] = await fittedVersions(ledger.db, model);
  if (first === undefined || first.version === null) throw new Error('nothing was fitted');
  const { experimentId, runId, modelId } = first.run;
  expect(await found()).toEqual([]);
  const before = (await getVersion(tracker, model, first.version))?.tags;
  await setVersionTags(tracker, model, first.version, { 'reign.status': 'rejected' });
  await setRunTags(tracker, runId, { 'reign.verdict': 'keep' });
  expect(await found()).toEqual(['tags-changed repaired']);
  expect(await eventsOfModel('tags-changed')).toEqual([
    { detail: { tags: expect.arrayContaining(['reign.status', 'reign.verdict']) } },
  ]);
  expect((await getVersion(tracker, model, first.version))?.tags).toEqual(before);
  expect(await found()).toEqual([]);

  const { version } = await createVersion(tracker, { name: model, modelId, runId, tags: {} });
  expect(await found()).toEqual(['version-unknown recorded']);
  expect(await found()).toEqual(['version-unknown known']);
  expect(await eventsOfModel('version-unknown')).toMatchObject([{ detail: { version } }]);
  await deleteVersion(tracker, model, version);

  const tags = { [cycleTag]: first.cycle };
  const died = await createRun(tracker, experimentId, 'died', tags);
  const left = await createLoggedModel(tracker, { experimentId, name: model, runId: died.runId, tags });
  const own = await createRun(tracker, experimentId, 'of a person', {});
  const gc = (days: number, dryRun = false) => {
    const now = () => new Date(Date.now() + days * 86_400_000);
    return perform(gcOperation, { ledger, store: empty, tracker, actor, now, onEvent: () => {} }, { dryRun });
  };
  expect((await gc(0)).runs).toBe(0);
  expect((await gc(31, true)).runs).toBeGreaterThanOrEqual(1);
  expect((await getRun(tracker, died.runId))?.deleted).toBe(false);
  expect((await gc(31)).runs).toBeGreaterThanOrEqual(1);
  expect((await getRun(tracker, died.runId))?.deleted).toBe(true);
  expect(await getLoggedModel(tracker, left.modelId)).toBeUndefined();
  for (const kept of [runId, own.runId]) expect((await getRun(tracker, kept))?.deleted).toBe(false);
  expect((await gc(31)).runs).toBe(0);
});

it('a cycle whose workflow was terminated is closed, with who did it and why, and can be run again', async () => {
  proxy.fault = ({ path, byTrainer }) => (!byTrainer && path.includes('runs/create') ? 'cut' : undefined);
  const id = await start(model, '2024-05-06');
  const now = async () => await cycleById(ledger.db, id);
  await until('the cycle runs', async () => (await now())?.status === 'running');
  expect(await reconcile()).toEqual([]);
  await client.workflow.getHandle(id).terminate('the wrong week');
  proxy.fault = () => undefined;
  const [found] = await reconcile();
  expect(found).toMatchObject({ kind: 'workflow-gone', cycle: id, outcome: 'repaired' });
  expect(await now()).toMatchObject({
    status: 'failed',
    attempt: 1,
    failure: {
      code: 'WorkflowGone',
      message: expect.stringMatching(/was terminated in Temporal by .+: the wrong week/),
    },
  });
  expect(await reconcile()).toEqual([]);
  expect(await retrain(model, '2024-05-06')).toMatchObject({ attempt: 2, failure: null });
});

it('a schedule that was deleted by hand returns', async () => {
  const period = await openPeriod(ledger.db, model);
  // What an apply has just begun, it may still finish by itself.
  const old = Date.parse(period?.from ?? '') + 31_000;
  await until('the schedule is not of this moment', () => Date.now() > old);
  const handle = client.schedule.getHandle(scheduleId(model));
  await handle.delete();
  expect(await reconcile()).toMatchObject([{ kind: 'schedule-missing', outcome: 'repaired' }]);
  expect((await handle.describe()).action).toMatchObject({ workflowType: 'scheduled' });
  expect(await reconcile()).toEqual([]);
});
