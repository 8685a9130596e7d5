import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { readJsonFile } from '../../settings/jsonFile.ts';
import { KEPT } from '../../stack/leftovers.ts';
import { placeSchema } from '../../stack/postgresPlace.ts';
import type { WorkerProgram } from '../../stack/workers.ts';

/** A fresh folder that is gone after the test; Postgres's own may lie elsewhere. */
export function temporaryFolder(mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), 'reign-test-'));
  chmodSync(folder, mode);
  onTestFinished(() => {
    const place = readJsonFile(join(folder, 'postgres.json'), placeSchema);
    for (const path of [folder, place?.elsewhere?.folder]) if (path) rmSync(path, { recursive: true, force: true });
  });
  return folder;
}

/** A home that nothing runs in: it outlasts the tests, and with it what worker processes have bundled. */
export const lastingHome = join(import.meta.dirname, '../../node_modules/.cache/reign');

/** Lets a home find what worker processes of earlier homes have bundled, by the hash of its sources. */
export function shareCache(home: string): void {
  const cache = join(lastingHome, 'cache');
  mkdirSync(cache, { recursive: true });
  symlinkSync(cache, join(home, 'cache'));
}

/** An environment in which only those servers are embedded that are asked for. */
export function environmentOf(
  home: string,
  embedded: readonly ('postgres' | 'temporal' | 'mlflow')[],
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: home, REIGN_HOME: home };
  if (!embedded.includes('postgres')) {
    env.REIGN_LEDGER_URL = 'postgresql://nobody@127.0.0.1:1/ledger';
    env.REIGN_CONNECTION_WAREHOUSE = 'postgresql://nobody@127.0.0.1:1/warehouse';
  }
  if (!embedded.includes('temporal')) env.TEMPORAL_ADDRESS = '127.0.0.1:1';
  if (!embedded.includes('mlflow')) env.MLFLOW_TRACKING_URI = 'http://127.0.0.1:1';
  return env;
}

/** A worker that says that it is ready and has a child, then does as told. */
export function idleWorker(name = 'worker', then = 'wait'): WorkerProgram {
  return { name, command: ['sh', '-c', `sleep 1000 & touch "$REIGN_READY_FILE"; ${then}`], graceSeconds: 3 };
}

/** Pids of all processes that belong to this home's stack. */
export function processesOf(home: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const names = [`${KEPT}=${home}:`, home];
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const isKept = environment.some((variable) => variable.startsWith(names[0] ?? ''));
        return isKept || (command.includes(home) && /postgres|temporal|mlflow|keeper/.test(command));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until the condition holds; fails loudly when it does not. Asks again `every` so many milliseconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { seconds = 60, every = 50 }: { seconds?: number; every?: number } = {},
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await sleep(every);
  }
}

/** Whether a process of this pid runs. */
export function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
