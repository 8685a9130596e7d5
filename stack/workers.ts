import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { processEnvironment } from '../settings/environment.ts';
import { type Home, moduleEnding, projectFolder, pythonBin } from '../settings/home.ts';
import type { Settings } from '../settings/settings.ts';
import type { Part } from './part.ts';

/**
 * A program that works for Temporal. It gets all addresses in its environment, and makes the file that
 * `REIGN_READY_FILE` names as soon as it polls.
 */
export interface WorkerProgram {
  name: string;
  command: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Whether it works with the ledger; only then it gets the ledger's address and logins. Default: false. */
  ledger?: boolean;
  /** How long its running activities may take to end before it is killed. Default: 10. */
  graceSeconds?: number;
}

/** What works in the embedded stack. */
export const defaultWorkers: readonly WorkerProgram[] = [
  { name: 'worker', command: [process.execPath, join(projectFolder, 'worker', `worker${moduleEnding}`)], ledger: true },
  {
    name: 'trainer',
    command: [join(pythonBin, 'python'), '-m', 'reign_trainer'],
    env: { PYTHONPATH: join(projectFolder, 'trainer'), PYTHONUNBUFFERED: '1', REIGN_LOCK_HASH: lockHash() },
  },
];

/** Versions of the first release know the embedded environment by this hash: the trainer listens for them under it too. */
function lockHash(): string {
  const lock = readFileSync(join(projectFolder, 'trainer', 'requirements.txt'));
  return createHash('sha256').update(lock).digest('hex');
}

/** A worker as a part of the stack. */
export function workerPart(
  home: Home,
  program: WorkerProgram,
  environment: Readonly<Record<string, string | undefined>>,
  { ledgerUrl, ledgerOwnerUrl }: Pick<Settings, 'ledgerUrl' | 'ledgerOwnerUrl'>,
): Part {
  const ready = join(home.ready, program.name);
  const local = 'localhost,127.0.0.1';
  const { NO_PROXY, no_proxy, PATH } = processEnvironment();
  const noProxy = NO_PROXY ?? no_proxy;
  return {
    name: program.name,
    command: program.command,
    graceSeconds: program.graceSeconds ?? 10,
    env: {
      ...environment,
      ...(program.ledger ? { REIGN_LEDGER_URL: ledgerUrl, REIGN_LEDGER_OWNER_URL: ledgerOwnerUrl } : {}),
      // A proxy on the way to this machine's own servers would be a way around.
      NO_PROXY: noProxy ? `${noProxy},${local}` : local,
      PATH: [join(projectFolder, 'node_modules', '.bin'), PATH].join(delimiter),
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
      ...program.env,
      REIGN_READY_FILE: ready,
    },
    beforeStart: () => {
      mkdirSync(home.ready, { recursive: true });
      rmSync(ready, { force: true });
    },
    isHealthy: () => existsSync(ready),
  };
}
