import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Addresses } from '../../settings/addresses.ts';

export interface Owner {
  process: ChildProcess;
  attached: boolean;
  addresses: Addresses;
  /** What it wrote to stderr so far. */
  said: () => string;
  exit: Promise<number | null>;
}

/** Starts a process that owns, or joins, the stack of a home. */
export async function startOwner(home: string, embedded: readonly string[]): Promise<Owner> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'ownStack.ts'), ...embedded], {
    env: { PATH: process.env.PATH, HOME: home, REIGN_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    exit.then((code) => Promise.reject(new Error(`the owner ended with ${code}: ${said}`))),
  ]);
  const { attached, addresses } = JSON.parse(line) as { attached: boolean; addresses: Addresses };
  return { process: child, attached, addresses, said: () => said, exit };
}
