import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { workflowBundle } from '../../worker/workflowBundle.ts';
import { recordedVersions } from '../releases/recorded.ts';
import { lastingHome } from '../stack/testHome.ts';
import { quietRuntime } from './quietRuntime.ts';

const releases = join(import.meta.dirname, '../releases');
const folders = [
  join(import.meta.dirname, 'histories'),
  ...recordedVersions().map((version) => join(releases, version, 'histories')),
];
const paths = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name)),
);
const histories = paths.map((path) => ({ name: basename(path), path }));

/** A change of the workflows must not break those that run while it is rolled out: what was recorded replays. */
describe('recorded histories of the workflows', () => {
  let bundle: WorkflowBundleOption;
  const failures = new Map<string, unknown>();
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

  beforeAll(async () => {
    quietRuntime();
    bundle = await workflowBundle(lastingHome);
    const all = histories.map(({ name, path }) => ({ workflowId: name, history: read(path) }));
    // One worker for all.
    const replayed = Worker.runReplayHistories({ workflowBundle: bundle }, all);
    for await (const { workflowId, error } of replayed) failures.set(workflowId, error);
  });

  it('are there', () => expect(histories.length).toBeGreaterThan(0));

  it.each(histories)('$name replays', ({ name }) => {
    expect(failures.has(name)).toBe(true);
    expect(failures.get(name)).toBeUndefined();
  });

  it.each(histories.filter(({ name }) => name.includes('.live.')).slice(0, 1))(
    '$name does not replay when a step is missing',
    async ({ name, path }) => {
      const history = read(path) as { events: { eventType: string }[] };
      const inspected = history.events.findIndex((event) => JSON.stringify(event).includes('"inspect"'));
      expect(inspected).toBeGreaterThan(0);
      const changed = JSON.parse(JSON.stringify(history).replaceAll('"inspect"', '"glance"')) as unknown;
      await expect(Worker.runReplayHistory({ workflowBundle: bundle, replayName: name }, changed)).rejects.toThrow();
    },
  );
});
