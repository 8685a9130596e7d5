/**
 * `npm run mutants [-- --law N]`: breaks each law in a copy of the working tree, one way after the other, and runs the test
 * that must notice. A mutant that survives is a law without a test.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from './laws/mutants.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { law: { type: 'string' } } });
const chosen = mutants.filter(({ law }) => values.law === undefined || law === Number(values.law));

/** The files of the working tree as they are now; what is installed is shared. */
function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'reign-mutants-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of files.toString().split('\0')) {
    if (file === '' || file.startsWith('test/releases/')) continue;
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, '.reign'));
  symlinkSync(join(root, '.reign/python'), join(copy, '.reign/python'));
  return copy;
}

interface Ran {
  /** Tests passed, and at least one ran. */
  readonly passed: boolean;
  /** A test failed; a file that does not even load is no such thing. */
  readonly failed: boolean;
  readonly output: string;
}

function runTest(copy: string, [file, name]: Mutant['test']): Promise<Ran> {
  const isPython = file.endsWith('.py');
  const [program, ...args] = isPython
    ? [
        join(copy, '.reign/python/bin/pytest'),
        ...['-c', 'trainer/pyproject.toml', '--rootdir=.', '-q', '-x', '-p', 'no:cacheprovider', file],
        ...(name === '' ? [] : ['-k', name]),
      ]
    : [join(copy, 'node_modules/.bin/vitest'), 'run', '--bail=1', file, ...(name === '' ? [] : ['-t', name])];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: copy,
      env: { ...process.env, PYTHONPATH: join(copy, 'trainer'), PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', (code) => {
      const [passing, failing] = isPython
        ? [/\b\d+ passed/, /\b\d+ failed/]
        : [/^\s+Tests .*\b\d+ passed/m, /^\s+Tests .*\b\d+ failed/m];
      resolve({ passed: code === 0 && passing.test(output), failed: code !== 0 && failing.test(output), output });
    });
  });
}

async function main(): Promise<number> {
  const copy = copyOfTree();
  const passing = new Map<string, boolean>();
  let survived = 0;
  try {
    for (const mutant of chosen) {
      const { law, breaks, file, search, replacement, test } = mutant;
      const [what, where] = [`law ${law}: ${breaks}`, `${test.join(' > ')}`];
      const say = (outcome: string, more = '') =>
        process.stdout.write(`${outcome.padEnd(9)} ${what} (${where})${more}\n`);
      const path = join(copy, file);
      const code = readFileSync(path, 'utf8');
      const broken = code.replace(search, () => replacement);
      if (code.split(search).length !== 2) {
        survived++;
        say('OUTDATED', `: ${file} no longer has its code once; correct test/laws/mutants.ts`);
        continue;
      }
      const key = test.join('\0');
      if (!passing.has(key)) passing.set(key, (await runTest(copy, test)).passed);
      if (passing.get(key) !== true) {
        survived++;
        say('NO TEST', ': it does not pass unbroken');
        continue;
      }
      writeFileSync(path, broken);
      const { failed, output } = await runTest(copy, test);
      writeFileSync(path, code);
      if (!failed) survived++;
      say(failed ? 'killed' : 'SURVIVED', failed ? '' : `\n${output.slice(-2000)}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  process.stdout.write(`\n${chosen.length - survived} killed, ${survived} survived\n`);
  return survived > 0 ? 1 : 0;
}

process.exitCode = await main();
