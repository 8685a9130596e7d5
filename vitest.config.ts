import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests with servers of their own take minutes, mostly waiting: they begin first, so that none is left over at the end. */
const longest = [
  'test/laws/crash',
  'test/laws/badInput',
  'test/laws/',
  'test/releases/',
  'test/stack/',
  'test/tracker/',
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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/postgres.ts'],
    setupFiles: ['test/propertyTests.ts'],
    sequence: { sequencer: LongestFirst },
    // Vitest leaves one core to itself: on two cores it would run one file after the other, and mostly wait for servers.
    maxWorkers: Math.max(2, availableParallelism()),
    // Fresh examples may take longer than the usual ones, and both languages draw theirs at the same time.
    testTimeout: process.env.REIGN_FUZZ ? 600_000 : 60_000,
    hookTimeout: 120_000,
  },
});
