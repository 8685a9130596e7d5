// What a person sees while the set-up works: short lines on stderr; all else goes to the log.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isAlive, startOf } from './processIdentity.mjs';

/** A set-up that cannot go on, with what the user can do about it. */
export class SetupError extends Error {
  name = 'SetupError';
  /** Whether somebody ended the command that failed. */
  wasInterrupted = false;
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`reign: ${line}\n`);
}

/** Names the command that runs now, so that a set-up that follows a killed one can end it. @param {string} log */
const childFileOf = (log) => join(dirname(dirname(log)), 'setup.child');

/** Ends what a killed set-up left running. @param {string} log */
export function endLeftovers(log) {
  const file = childFileOf(log);
  try {
    const child = JSON.parse(readFileSync(file, 'utf8'));
    if (isAlive(child)) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // There is none.
  }
  rmSync(file, { force: true });
}

/**
 * What of a failed command's output is worth showing: where it first speaks of an error, else its end.
 *
 * @param {string} log
 * @param {number} from
 */
function excerpt(log, from) {
  const lines = readFileSync(log).subarray(from).toString('utf8').trimEnd().split('\n').slice(1);
  const first = lines.findIndex((line) => /\berror\b/i.test(line));
  const shown = first === -1 ? lines.slice(-8) : lines.slice(first, first + 8);
  return shown.map((line) => `    ${line.slice(0, 300)}`);
}

/**
 * Runs a command whose output goes to the log, with a sign of life every few seconds.
 *
 * @param {object} options
 * @param {string} options.what what is being done, as shown
 * @param {string} options.command
 * @param {string[]} options.args
 * @param {string} options.cwd
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} options.log
 * @param {string} options.advice what to do when it fails
 * @returns {Promise<void>}
 */
export async function run({ what, command, args, cwd, env, log, advice }) {
  mkdirSync(dirname(log), { recursive: true });
  const file = openSync(log, 'a');
  const from = readFileSync(log).length;
  writeSync(file, `\n$ ${command} ${args.join(' ')}\n`);
  const began = Date.now();
  say(`${what} ...`);
  let wasInterrupted = false;
  const timer = setInterval(() => say(`${what}: ${Math.round((Date.now() - began) / 1000)} s`), 10_000);
  try {
    await new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd, env, stdio: ['ignore', file, file], detached: true });
      const identity = child.pid === undefined ? undefined : { pid: child.pid, startedAt: startOf(child.pid) };
      if (identity !== undefined) writeFileSync(childFileOf(log), JSON.stringify(identity));
      // A set-up that is stopped must not leave its npm or pip behind.
      const onSignal = (signal) => {
        wasInterrupted = true;
        if (identity !== undefined && isAlive(identity)) process.kill(-identity.pid, signal);
      };
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
      child.once('error', (error) =>
        reject(new SetupError(`${what}: cannot run ${command} (${error.message}).\n${advice}`)),
      );
      child.once('close', (code, signal) => {
        for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, onSignal);
        rmSync(childFileOf(log), { force: true });
        if (code === 0) return resolve(undefined);
        const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
        const head = `${what} failed (${how}). Log: ${relative(cwd, log)}. It says:`;
        const error = new SetupError([head, ...excerpt(log, from), advice].join('\n'));
        reject(Object.assign(error, { wasInterrupted }));
      });
    });
  } finally {
    clearInterval(timer);
    closeSync(file);
  }
  say(`${what}: done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
