import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests with servers of their own take minutes, mostly waiting: they begin first, so that none is left over at the end. */
const longest = [
  ...['test/laws/crash', 'test/laws/', 'test/releases/', 'test/stack/', 'test/tracker/'],
  ...['test/reconcile/outage', 'test/schedule/', 'test/workflows/'],
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((part) => moduleId.includes(part));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

// What Node has compiled once, the processes of later files and the programs that tests start find here.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node');

/** What changes nothing in its process: one process runs these files one after the other, and loads the code once. */
const sharing = [
  'test/{activities,cli,definition,gate,ledger,notify,operations,report,schemas,settings,source,store}/**/*.test.ts',
  'test/{releases,tracker}/**/*.test.ts',
  'test/stack/{keeper,stack}.test.ts',
  'test/postgres/{hosts,pgbouncer}.test.ts',
  'test/{reconcile,schedule,setup,workflows}/**/*.test.ts',
  // They wait for each other's turn with the run's stack anyway.
  'test/laws/{gate,login,watching,badInput/refused}.test.ts',
];

const all = {
  setupFiles: ['test/umask.ts', 'test/propertyTests.ts'],
  // The tests run two at once on two cores: more threads would only wait for each other, and burn CPU while they do.
  env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  // For a neighbour on the same cores: nothing here waits that long by itself. Fresh examples may take longer still.
  testTimeout: process.env.REIGN_FUZZ ? 900_000 : 600_000,
  hookTimeout: 240_000,
  // Nobody waits this long for a fact unless it never comes.
  expect: { poll: { timeout: 60_000 } },
};

export default defineConfig({
  test: {
    globalSetup: ['test/postgres.ts', 'test/storePlace.ts', 'test/laws/sharedStack.ts'],
    sequence: { sequencer: LongestFirst },
    // More than cores: one of the longest files mostly waits for servers that come back, others for their turn.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      { test: { ...all, name: 'alone', include: ['test/**/*.test.ts'], exclude: sharing } },
      { test: { ...all, name: 'sharing', include: sharing, isolate: false } },
    ],
  },
});
