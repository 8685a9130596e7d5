import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordedVersions } from '../releases/recorded.ts';

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
  let code = '';
  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    ({ code } = await bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, '../../workflows/index.ts'),
      logger: new DefaultLogger('WARN'),
    }));
  });

  it('are there', () => expect(histories.length).toBeGreaterThan(0));

  it.each(histories)('$name replays', async ({ name, path }) => {
    const history: unknown = JSON.parse(readFileSync(path, 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: { code }, replayName: name }, history);
  });

  it.each(histories.filter(({ name }) => name.includes('.live.')).slice(0, 1))(
    '$name does not replay when a step is missing',
    async ({ name, path }) => {
      const history = JSON.parse(readFileSync(path, 'utf8')) as { events: { eventType: string }[] };
      const inspected = history.events.findIndex((event) => JSON.stringify(event).includes('"inspect"'));
      expect(inspected).toBeGreaterThan(0);
      const changed = JSON.parse(JSON.stringify(history).replaceAll('"inspect"', '"glance"')) as unknown;
      await expect(Worker.runReplayHistory({ workflowBundle: { code }, replayName: name }, changed)).rejects.toThrow();
    },
  );
});
