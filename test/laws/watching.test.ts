import { expect, it } from 'vitest';
import { cycleId } from '../../schemas/cycle.ts';
import { StepDurations, WorkflowProgress } from '../../schemas/progress.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, proxy, command, apply } = await useStack();

it('a running cycle shows its steps in order, what is on which attempt and why, and in the end how long each took', async () => {
  const source = {
    query: 'select loan_id, applied_at, income, debt, purpose, outcome from loans',
    rowId: 'loan_id',
    eventTime: 'applied_at',
    label: 'outcome',
    labels: 'complete',
    features: ['income', 'debt', 'purpose'],
  };
  await apply(writeDefinition(root, 'watched', { fields: { source } }));

  proxy.fault = ({ path, byTrainer }) => (!byTrainer && path.includes('runs/create') ? 'cut' : undefined);
  const waiting = command('retrain', 'watched', '--as-of', '2024-03-04', '--wait');
  const id = cycleId({ model: 'watched', lineage: 'live', asOf: '2024-03-04T00:00:00Z', definitionVersion: 1 });
  await expect
    .poll(
      async () => {
        const shown = (await command('show', id, '--json')).json();
        const progress = WorkflowProgress.safeParse(shown.progress).data;
        return progress?.activities.find(({ activity, attempt }) => activity === 'openRun' && attempt > 1);
      },
      { timeout: 300_000, interval: 500 },
    )
    .toMatchObject({ step: 'open the run in MLflow', lastError: expect.stringContaining('MLflow') });
  expect((await command('show', 'watched')).stdout).toMatch(/^Now: .*open the run in MLflow · attempt \d+, since: /m);
  proxy.fault = () => undefined;

  const { code, stderr } = await waiting;
  expect(code).toBe(0);
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.includes(': '));
  // Each once: nothing is missing between two looks, and nothing is said out of turn.
  expect(lines.filter((line) => ['plan', 'extract', 'inspect', 'fit', 'evaluate', 'promote'].includes(line))).toEqual([
    ...['plan', 'extract', 'inspect', 'fit', 'evaluate', 'promote'],
  ]);
  expect(stderr).toMatch(/open the run in MLflow: attempt \d+, since: .*MLflow/);
  const steps = StepDurations.parse((await command('show', id, '--json')).json().steps);
  expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(['extract', 'fit', 'evaluate']));
  for (const { seconds } of steps) expect(seconds).toBeGreaterThanOrEqual(0);
});
