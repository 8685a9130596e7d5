import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'histories');
const histories = readdirSync(folder).filter((name) => name.endsWith('.json'));

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

  it.each(histories)('%s replays', async (name) => {
    const history: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: { code }, replayName: name }, history);
  });

  it.each(histories.filter((name) => name.includes('.live.')).slice(0, 1))(
    '%s does not replay when a step is missing',
    async (name) => {
      const history = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { events: { eventType: string }[] };
      const inspected = history.events.findIndex((event) => JSON.stringify(event).includes('"inspect"'));
      expect(inspected).toBeGreaterThan(0);
      const changed = JSON.parse(JSON.stringify(history).replaceAll('"inspect"', '"glance"')) as unknown;
      await expect(Worker.runReplayHistory({ workflowBundle: { code }, replayName: name }, changed)).rejects.toThrow();
    },
  );
});
