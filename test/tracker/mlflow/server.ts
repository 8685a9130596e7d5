import { afterAll, beforeAll } from 'vitest';
import { openTracker, type Tracker } from '../../../tracker/openTracker.ts';
import { startMlflow, type TestMlflow } from '../startMlflow.ts';

/** The one MLflow of these tests: to start it takes several seconds. */
export let tracker: Tracker;
let server: TestMlflow;

beforeAll(async () => {
  server = await startMlflow();
  tracker = openTracker(server.uri, {});
});
afterAll(() => server?.stop());
