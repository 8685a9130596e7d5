import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runs, temporaryFolder, until } from './stack/testHome.ts';

/** Two steps at once and one after the first, as `npm test` runs them. */
const program = `
  import { endAllOnSignals, run } from '${join(import.meta.dirname, 'steps.ts')}';
  endAllOnSignals();
  const step = (name) => run({ name, command: 'sh', args: ['-c', process.argv[1], name, process.argv[2]] });
  await Promise.all([step('one'), step('other').then(() => step('later'))]);
`;

/** Ends what it has started as soon as it is interrupted, and only then. */
const step = `
  sleep 600 & echo $! > "$1/$0.child"
  trap 'kill $!; echo interrupted > "$1/$0.said"; exit 1' INT
  trap '' TERM HUP
  echo $$ > "$1/$0"
  wait
`;

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends all steps, and none begins after it', async (signal) => {
  const folder = temporaryFolder();
  const args = ['--input-type=module-typescript', '--eval', program, step, folder];
  const tests = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = once(tests, 'exit');
  const files = ['one', 'other'].map((name) => join(folder, name));
  await until('both have begun', () => files.every((file) => existsSync(file)));
  tests.kill(signal);
  await ended;
  for (const file of files) {
    expect(readFileSync(`${file}.said`, 'utf8')).toBe('interrupted\n');
    expect(runs(Number(readFileSync(file, 'utf8')))).toBe(false);
    // The step has killed it, and has not waited for its end.
    await until('its child is gone', () => !runs(Number(readFileSync(`${file}.child`, 'utf8'))));
  }
  expect(existsSync(join(folder, 'later'))).toBe(false);
});
