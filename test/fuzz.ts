/**
 * `npm run fuzz [-- --minutes N] [--seed N]`: every property test of both languages on fresh examples, in rounds until the
 * time is over (by default one round). Each round has a seed; the seed of one that fails is printed, and `--seed` repeats it.
 * Tests that are too long for every run (pytest's marker `fuzz`) take part in the first round.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const until = Date.now() + Number(values.minutes ?? 0) * 60_000;
const running = new Set<ChildProcess>();

interface Runner {
  readonly name: string;
  readonly command: (seed: number, round: number) => readonly [string, ...string[]];
}

/** Fast-check has no marker of its own: the files that import it. */
const propertyFiles = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join(root, 'test', file))
  .filter((file) => readFileSync(file, 'utf8').includes("from 'fast-check'"))
  .map((file) => relative(root, file));

const runners: readonly Runner[] = [
  {
    name: 'fast-check',
    command: () => [join(root, 'node_modules/.bin/vitest'), 'run', ...propertyFiles],
  },
  {
    name: 'Hypothesis',
    command: (seed, round) => [
      join(root, '.reign/python/bin/pytest'),
      ...['-c', 'trainer/pyproject.toml', '--rootdir=.', '-q', 'test/trainer'],
      ...['-m', round === 1 ? 'hypothesis or fuzz' : 'hypothesis', `--hypothesis-seed=${seed}`],
    ],
  },
];

function runOnce(command: readonly [string, ...string[]], seed: number): Promise<{ ok: boolean; output: string }> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, PYTHONPATH: join(root, 'trainer'), REIGN_FUZZ: '1', REIGN_FUZZ_SEED: String(seed) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ ok: code === 0, output });
    });
  });
}

let failed = false;

async function rounds({ name, command }: Runner): Promise<void> {
  for (let round = 1; !failed && (round === 1 || Date.now() < until); round++) {
    const seed = values.seed === undefined ? randomInt(2 ** 31 - 1) : Number(values.seed);
    const started = Date.now();
    const { ok, output } = await runOnce(command(seed, round), seed);
    const seconds = Math.round((Date.now() - started) / 1000);
    if (ok) {
      process.stdout.write(`ok   ${name}, round ${round}, seed ${seed} (${seconds} s)\n`);
      if (values.seed !== undefined) return;
      continue;
    }
    if (failed) return;
    failed = true;
    for (const child of running) child.kill('SIGTERM');
    process.stdout.write(`${output}\nFAIL ${name}, seed ${seed}. Repeat it: npm run fuzz -- --seed ${seed}\n`);
  }
}

await Promise.all(runners.map(rounds));
process.stdout.write(failed ? 'A property does not hold.\n' : 'Every property held.\n');
process.exitCode = failed ? 1 : 0;
