import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** One program of a run. */
export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: string[];
  /** Besides this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
}

const running = new Set<ChildProcess>();
let stopped: NodeJS.Signals | undefined;

/** Lets a signal to this process end all steps that run; none begins afterwards. */
export function endAllOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

/** The signal that came last. */
export const stoppedBy = (): NodeJS.Signals | undefined => stopped;

/** Each step leads a group of its own, and the whole group hears of a signal. */
function stop(signal: NodeJS.Signals): void {
  stopped = signal;
  // After SIGINT, and only after it, both Vitest and pytest end the servers that they started.
  for (const { pid } of running) if (pid !== undefined) tell(pid, 'SIGINT');
  setTimeout(() => {
    for (const { pid } of running) if (pid !== undefined) tell(pid, 'SIGKILL');
  }, 20_000).unref();
}

function tell(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Runs a step and prints its output when it is done, so that steps that run at once do not mix their lines. */
export function run(step: Step): Promise<boolean> {
  if (stopped !== undefined) return Promise.resolve(false);
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(step.command, step.args, {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, ...step.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const done = (ok: boolean, why = '') => {
      running.delete(child);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)${why}\n${ok ? '' : output}`);
      resolve(ok);
    };
    child.on('error', (error) => done(false, `: ${error.message}`));
    child.on('exit', (code, signal) => done(code === 0, code === null ? `: ended by ${signal}` : ''));
  });
}
