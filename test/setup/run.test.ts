import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runs, temporaryFolder, until } from '../stack/testHome.ts';

const root = join(import.meta.dirname, '..', '..');

/** Node before 22.15 cannot become another program. */
const older = ['--import', 'data:text/javascript,delete process.execve'];

/** Starts `setup/run.mjs` with a program, as npm would. */
function start(program: string, args: string[], nodeOptions: string[]): { child: ChildProcess; file: string } {
  const file = join(temporaryFolder(), 'program.mjs');
  writeFileSync(file, program);
  const child = spawn(process.execPath, [...nodeOptions, join(root, 'setup', 'run.mjs'), file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { child, file };
}

async function finish(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, out, err };
}

describe.each([
  ['by becoming it', []],
  ['as a child, on an older Node', older],
])('a program is run %s', (_, nodeOptions) => {
  it('with its arguments, on the own Node, and nothing else on stdout', async () => {
    const program = 'console.log(JSON.stringify([process.version, ...process.argv.slice(2)])); process.exitCode = 3';
    const { child } = start(program, ['--json', 'a b', '*'], nodeOptions);
    const { code, out, err } = await finish(child);
    expect(JSON.parse(out)).toEqual([expect.stringMatching(/^v24\./), '--json', 'a b', '*']);
    expect([code, err]).toEqual([3, '']);
  });

  it('and ends on a signal as it would alone', async () => {
    const program = `
      process.on('SIGTERM', () => { console.log('asked'); process.exit(9); });
      console.log('up'); setInterval(() => {}, 1000);`;
    const { child } = start(program, [], nodeOptions);
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect(await finish(child)).toMatchObject({ code: 9, out: 'up\nasked\n' });
  });

  it('and is not left behind by SIGKILL', async () => {
    const { child, file } = start(
      "import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[1] + '.pid', String(process.pid)); setInterval(() => {}, 1000);",
      [],
      nodeOptions,
    );
    let pid = 0;
    await until('it runs', () => {
      try {
        pid = Number(readFileSync(`${file}.pid`, 'utf8'));
        return pid > 0;
      } catch {
        return false;
      }
    });
    child.kill('SIGKILL');
    await until('it is gone', () => !runs(pid));
  });
});
