import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '..', '..');

/** Runs one of this folder's Python programs, which answers a request in JSON. One thread to a process. */
export async function askPython<Answer>(program: string, request: unknown): Promise<Answer> {
  const child = spawn(join(root, '.reign', 'python', 'bin', 'python'), [join(import.meta.dirname, program)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONPATH: join(root, 'trainer'), OMP_NUM_THREADS: '1' },
  });
  const ended = once(child, 'exit');
  child.stdin.end(JSON.stringify(request));
  const answer = await text(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}`);
  return JSON.parse(answer) as Answer;
}
