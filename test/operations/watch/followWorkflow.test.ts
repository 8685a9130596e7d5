import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import { createActivities } from '../../../activities/create.ts';
import type { World } from '../../../activities/world.ts';
import { ProgressLine } from '../../../cli/progress.ts';
import { showEvent } from '../../../cli/showEvent.ts';
import { followWorkflow } from '../../../operations/watch/followWorkflow.ts';
import { stepName } from '../../../schemas/stepNames.ts';
import { projectFolder } from '../../../settings/home.ts';

/** Temporal as the watcher meets it: each answer is a batch of events that comes when it is time, or a connection that breaks. */
function handleOf(answers: readonly (readonly string[] | 'breaks')[], between = 5) {
  let asked = 0;
  let at = 0;
  const batch = (names: readonly string[]) => ({
    history: {
      events: names.map((name) => ({ activityTaskScheduledEventAttributes: { activityType: { name } } })),
    },
  });
  let end = () => {};
  const ended = new Promise<string>((resolve) => {
    end = () => resolve('done');
  });
  const handle = {
    workflowId: 'a cycle',
    result: () => ended,
    describe: async () => ({ raw: { pendingActivities: [{ activityType: { name: 'fit' }, attempt: 2 }] } }),
    client: {
      options: { namespace: 'default' },
      withAbortSignal: (_: AbortSignal, ask: () => unknown) => ask(),
      withDeadline: () => Promise.reject(new Error('no worker answers')),
      workflowService: {
        async getWorkflowExecutionHistory({ nextPageToken }: { nextPageToken?: Uint8Array }) {
          asked++;
          if (nextPageToken === undefined) at = 0;
          await sleep(between);
          const answer = answers[at++] ?? [];
          if (answer === 'breaks') {
            answers = answers.filter((each) => each !== 'breaks');
            throw new Error('unavailable');
          }
          const isLast = at >= answers.length;
          // What the workflow comes to may be known before its last events are.
          if (at === answers.length - 1) setTimeout(end, 0);
          return { ...batch(answer), nextPageToken: isLast ? null : new Uint8Array([1]) };
        },
      },
    },
  };
  return { handle: handle as unknown as WorkflowHandle<() => Promise<string>>, asked: () => asked };
}

async function shown(handle: WorkflowHandle<() => Promise<string>>): Promise<string> {
  let text = '';
  const line = new ProgressLine({ write: (more) => (text += more) }, {});
  const onEvent = (event: Parameters<typeof showEvent>[1]) => showEvent(line, event);
  await followWorkflow(handle, { signal: new AbortController().signal, onEvent });
  return text;
}

test('every step is said once and in order, also one that was over before anybody looked', async () => {
  const { handle, asked } = handleOf([['plan'], ['extract', 'inspect'], ['openRun'], [], ['fit']]);
  expect(await shown(handle)).toBe('plan\nextract\ninspect\nopen the run in MLflow\nfit\n');
  expect(asked()).toBe(5);
});

test('where Temporal breaks off, what was said is not said again', async () => {
  const { handle } = handleOf([['plan', 'extract'], 'breaks', ['fit'], ['promote']]);
  expect(await shown(handle)).toBe('plan\nextract\nfit\npromote\n');
});

test('every activity has a name that a person reads', () => {
  const trainers = readFileSync(join(projectFolder, 'trainer/reign_trainer/activities.py'), 'utf8');
  const names = [...trainers.matchAll(/@activity\.defn\(name="(\w+)"\)/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(8);
  for (const name of [...names, ...Object.keys(createActivities({ ledger: {} } as World, {} as Client))])
    expect(stepName(name), name).toMatch(/^[a-z]+( [a-zA-Z]+)*$/);
});
