import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PythonProgram } from '../operations/context.ts';
import { type ErrorCode, errorOf, errors, ReignError, type ReignErrorOptions } from '../schemas/errors.ts';
import { processEnvironment } from '../settings/environment.ts';
import { projectFolder, pythonBin } from '../settings/home.ts';

const python = join(pythonBin, 'python');
/** The folder that a command was typed in is no place to import from: a random.py there would stand in for Python's. */
const isolated = ['-P'];

/** Starts `python -m MODULE` in the project's environment; it ends with the signal. */
export function openPython(module: string, signal: AbortSignal): PythonProgram {
  const child = spawn(python, [...isolated, '-m', module], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment(),
    signal,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString('utf8')).slice(-2000);
  });
  const ended = new Promise<Error | undefined>((resolve) => {
    child.on('error', resolve);
    child.on('close', () => resolve(undefined));
  });
  // A program that is gone takes no more questions: the missing answer says so.
  child.stdin.on('error', () => {});

  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done === true || value === undefined) throw await died(ended, module, complaint, signal);
      return answered(JSON.parse(value) as Record<string, unknown>);
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null && child.pid !== undefined) await Promise.race([once(child, 'close'), ended]);
    },
  };
}

/** Runs `python -m MODULE ARGS` to its end and gives what it printed. */
export async function runPython(module: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn(python, [...isolated, '-m', module, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(),
    signal,
  });
  let [printed, complaint] = ['', ''];
  child.stdout.on('data', (text: Buffer) => {
    printed += text.toString('utf8');
  });
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString('utf8')).slice(-2000);
  });
  const ended = new Promise<Error | undefined>((resolve) => {
    child.on('error', resolve);
    child.on('close', () => resolve(undefined));
  });
  const error = await ended;
  if (error === undefined && child.exitCode === 0) return printed;
  throw await died(Promise.resolve(error), module, complaint, signal);
}

const environment = (): NodeJS.ProcessEnv => ({
  ...processEnvironment(),
  PYTHONPATH: [join(projectFolder, 'trainer'), processEnvironment().PYTHONPATH].filter(Boolean).join(delimiter),
  PYTHONIOENCODING: 'utf-8',
});

interface AnsweredError extends Pick<ReignErrorOptions, 'values'> {
  readonly code: string;
  readonly message: string;
  /** Of an error of the catalogue. */
  readonly situation?: string | null;
}

function answered(answer: Record<string, unknown>): Record<string, unknown> {
  const { error } = answer;
  if (error === undefined) return answer;
  const { code, message, situation, values = {} } = error as AnsweredError;
  throw new ReignError(code in errors ? (code as ErrorCode) : 'Internal', message, {
    ...(situation == null ? {} : { situation }),
    values,
  });
}

async function died(
  ended: Promise<Error | undefined>,
  module: string,
  complaint: string,
  signal: AbortSignal,
): Promise<ReignError> {
  const error = await ended;
  if (signal.aborted) return errorOf('Interrupted', 'command');
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return errorOf('StackFailed', 'pythonMissing');
  const last = complaint.trim().split('\n').at(-1) ?? '';
  return errorOf('Internal', 'noAnswer', { module, reason: error?.message ?? last });
}
