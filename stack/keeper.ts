import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorOf } from '../schemas/errors.ts';
import { processEnvironment } from '../settings/environment.ts';
import { placeFolder, projectFolder, pythonBin } from '../settings/home.ts';
import { type ProcessIdentity, startOf } from '../setup/processIdentity.mjs';
import { endMarked, KEPT } from './leftovers.ts';

/** A command that shall not outlive the process that asked for it. */
export interface KeptCommand {
  command: readonly string[];
  /** Added to this process's environment; undefined unsets. */
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** Where its output goes. */
  log: string;
  /** Which user runs it; only root may choose. */
  account?: SystemAccount | undefined;
  /** Default: TERM. */
  stopSignal?: 'TERM' | 'INT';
  /** How long it may take to stop before it is killed. Default: 10. */
  graceSeconds?: number;
}

export interface SystemAccount {
  uid: number;
  gid: number;
}

/** A kept command that runs. */
export interface Kept {
  keeper: ProcessIdentity;
  /** The command's own pid, once it has one. */
  leader: number | undefined;
  /** When it and all that it started are gone; says how it ended. */
  ended: Promise<ProcessEnd>;
  /** Asks it to stop. */
  stop(): Promise<ProcessEnd>;
}

export interface ProcessEnd {
  /** Exit code, when it ended by itself. */
  code: number | undefined;
  /** In words: "exit code 1", "killed by SIGKILL". */
  how: string;
}

/** Starts a command under `keeper.py`, which ends it and all its descendants when this process is gone. */
export function startKept(marker: string, kept: KeptCommand): Kept {
  const python = join(pythonBin, 'python');
  if (!existsSync(python)) {
    throw errorOf('StackFailed', 'pythonMissingHere');
  }
  const options = ['--grace', String(kept.graceSeconds ?? 10), '--stop-signal', kept.stopSignal ?? 'TERM'];
  if (kept.account !== undefined) options.push('--user', `${kept.account.uid}:${kept.account.gid}`);
  const keeper = join(projectFolder, 'stack', 'keeper.py');
  const log = openSync(kept.log, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(python, ['-I', '-S', keeper, ...options, '--', ...kept.command], {
      cwd: kept.cwd ?? placeFolder,
      env: { ...processEnvironment(), ...kept.env, [KEPT]: marker },
      stdio: ['pipe', 'pipe', log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
  return watch(marker, child);
}

function watch(marker: string, child: ChildProcess): Kept {
  let ending: ProcessEnd | undefined;
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a keeper without pipes');
  stdin.on('error', () => {});
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => resolve({ code: undefined, how: error.message }));
    child.once('close', () => {
      if (ending === undefined) {
        // The keeper itself was killed: the kernel ends the command, and nobody else looks after the rest of its group.
        if (running.leader !== undefined) killGroup(running.leader);
        endMarked(marker);
      }
      resolve(ending ?? { code: undefined, how: 'its keeper was killed' });
    });
  });
  const pid = child.pid ?? -1;
  const running: Kept = {
    keeper: { pid, startedAt: startOf(pid) ?? '' },
    leader: undefined,
    ended,
    stop() {
      stdin.end();
      return ended;
    },
  };
  createInterface({ input: stdout }).on('line', (line) => {
    const event = JSON.parse(line) as { started?: number; exited?: number; killed?: string };
    if (event.started !== undefined) running.leader = event.started;
    if (event.exited !== undefined) ending = { code: event.exited, how: `exit code ${event.exited}` };
    if (event.killed !== undefined) ending = { code: undefined, how: `killed by ${event.killed}` };
  });
  return running;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
