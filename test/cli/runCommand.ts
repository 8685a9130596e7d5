import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPython } from '../../cli/python.ts';
import { run } from '../../cli/run.ts';
import type { PythonProgram } from '../../operations/context.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What --json printed. Fails where it is not one document. */
  readonly json: () => Record<string, unknown>;
}

/** Runs one command line in this process, with an empty home and only the given settings. */
export async function runCommand(
  args: readonly string[],
  {
    env = {},
    now = new Date('2001-06-30T12:00:00Z'),
    interrupted = new AbortController().signal,
    ...others
  }: {
    env?: Record<string, string>;
    now?: Date;
    interrupted?: AbortSignal;
    openPython?: typeof openPython;
    ask?: (question: string) => Promise<string>;
  } = {},
): Promise<Ran> {
  const home = mkdtempSync(join(tmpdir(), 'reign-cli-'));
  let stdout = '';
  let stderr = '';
  try {
    const code = await run(args, {
      env: { REIGN_HOME: home, TEMPORAL_CONFIG_FILE: join(home, 'none.toml'), ...env },
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      now: () => now,
      interrupted,
      hurried: new AbortController().signal,
      openPython: keptPython,
      ...others,
    });
    return { code, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const kept = new Map<string, PythonProgram>();

/** Starting one takes seconds: each stays for the commands that come after, and ends with this process. */
function keptPython(module: string): PythonProgram {
  const program = kept.get(module) ?? openPython(module, new AbortController().signal);
  kept.set(module, program);
  return { ask: program.ask, close: () => Promise.resolve() };
}
