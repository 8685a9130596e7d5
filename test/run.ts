/**
 * `npm test [-- --store s3] [--no-checks]`: everything that can fail, in one run: Vitest beside pytest, then the checks of
 * format, lint, types, directions of imports and drift of generated files. Closes with `N passed, N failed`. A signal ends
 * all of it. With `--store s3`, every test that does not concern a local folder keeps its store in S3, on moto's server.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endAllOnSignals, run, type Step, stoppedBy } from './steps.ts';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const python = (name: string) => join(root, '.reign/python/bin', name);

/** The longest first. */
const checks: readonly Step[] = [
  {
    name: 'types (Python)',
    command: python('mypy'),
    args: ['--config-file', 'trainer/pyproject.toml', 'trainer/reign', 'trainer/reign_trainer'],
  },
  { name: 'types (TypeScript)', command: bin('tsc'), args: ['-p', '.'] },
  { name: 'format and lint (TypeScript)', command: bin('biome'), args: ['check', '--error-on-warnings', '.'] },
  { name: 'directions of imports', command: bin('depcruise'), args: ['--config', '.dependency-cruiser.cjs', '.'] },
  { name: 'generated files', command: process.execPath, args: ['schemas/generate.ts', '--check'] },
  {
    name: 'format (Python)',
    command: python('ruff'),
    args: ['format', '--check', '--config', 'trainer/pyproject.toml', 'trainer', 'test', 'examples', 'bench', 'stack'],
  },
  {
    name: 'lint (Python)',
    command: python('ruff'),
    args: ['check', '--config', 'trainer/pyproject.toml', 'trainer', 'test', 'examples', 'bench', 'stack'],
  },
  {
    name: 'directions of imports (Python)',
    command: python('lint-imports'),
    args: ['trainer/pyproject.toml', '--no-cache'],
    environment: { PYTHONPATH: join(root, 'trainer') },
  },
];

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function countVitest(file: string): Count {
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
  };
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
}

function countPytest(file: string): Count {
  const report = readFileSync(file, 'utf8');
  const number = (name: string) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const failed = number('errors') + number('failures');
  return { passed: number('tests') - failed - number('skipped'), failed, skipped: number('skipped') };
}

function counted(read: () => Count, ok: boolean): Count {
  try {
    const count = read();
    // A runner that failed without a failed test (a file that does not load, say) has failed all the same.
    return !ok && count.failed === 0 ? { ...count, failed: 1 } : count;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { store: { type: 'string', default: 'folder' }, 'no-checks': { type: 'boolean', default: false } },
  });
  if (!['folder', 's3'].includes(values.store)) throw new Error('--store: expected folder or s3');
  const environment = { REIGN_TEST_STORE: values.store };
  const scratch = mkdtempSync(join(tmpdir(), 'reign-test-'));
  try {
    const results: boolean[] = [];
    const vitestReport = join(scratch, 'vitest.json');
    const pytestReport = join(scratch, 'pytest.xml');
    const ahead = values['no-checks'] ? [] : [...checks];
    /** Whichever half is done first begins with the checks, and the other one helps. */
    const thenChecks = async (half: Promise<boolean>): Promise<boolean> => {
      const ok = await half;
      for (let step = ahead.shift(); step !== undefined; step = ahead.shift()) results.push(await run(step));
      return ok;
    };
    const [vitest, pytest] = await Promise.all([
      thenChecks(
        run({
          name: 'Vitest',
          command: bin('vitest'),
          args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
          environment,
        }),
      ),
      thenChecks(
        run({
          name: 'pytest',
          command: python('pytest'),
          args: ['-c', 'trainer/pyproject.toml', '--rootdir=.', '-q', `--junitxml=${pytestReport}`, 'test/trainer'],
          environment: { ...environment, PYTHONPATH: join(root, 'trainer') },
        }),
      ),
    ]);
    const signal = stoppedBy();
    if (signal !== undefined) {
      process.stdout.write(`\nStopped by ${signal}.\n`);
      return 1;
    }
    const counts = [counted(() => countVitest(vitestReport), vitest), counted(() => countPytest(pytestReport), pytest)];
    const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
    const passed = sum('passed') + results.filter((ok) => ok).length;
    const failed = sum('failed') + results.filter((ok) => !ok).length;
    const skipped = sum('skipped');
    process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
    return failed > 0 ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

endAllOnSignals();
process.exitCode = await main();
