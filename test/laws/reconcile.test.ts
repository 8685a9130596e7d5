import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { cycleById } from '../../ledger/cycles.ts';
import { scheduleId } from '../../orchestrator/matchSchedule.ts';
import type { Discrepancy } from '../../schemas/reconcile.ts';
import { pythonBin } from '../../settings/home.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { getAlias } from '../../tracker/registry.ts';
import { until } from '../stack/testHome.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, settings, client, ledger, proxy, command, apply, start, retrain } = await useStack();
const model = 'reconciled';
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
  ledger.db.selectFrom('events').select('detail').where('model', '=', model).where('kind', '=', kind).execute();

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
  expect(await reconcile()).toMatchObject([
    {
      kind: 'alias-moved',
      outcome: 'repaired',
      text: `the alias champion was moved by hand: it named version ${other}, and version ${champion} is champion`,
    },
  ]);
  expect(await getAlias(tracker, model, 'champion')).toBe(champion);
  expect(await eventsOfModel('alias-moved')).toEqual([{ detail: { version: other, champion } }]);
  expect(await reconcile()).toEqual([]);
  expect(await eventsOfModel('alias-moved')).toHaveLength(1);
});

it('a cycle whose workflow was terminated is closed, with who did it and why, and can be run again', async () => {
  proxy.fault = ({ path, byTrainer }) => (!byTrainer && path.includes('runs/create') ? 'cut' : undefined);
  const id = await start(model, '2024-05-06');
  const now = async () => await cycleById(ledger.db, id);
  await until('the cycle runs', async () => (await now())?.status === 'running', { seconds: 60 });
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
  const handle = client.schedule.getHandle(scheduleId(model));
  await handle.delete();
  expect(await reconcile()).toMatchObject([{ kind: 'schedule-missing', outcome: 'repaired' }]);
  expect((await handle.describe()).action).toMatchObject({ workflowType: 'scheduled' });
  expect(await reconcile()).toEqual([]);
});
