// Which process is meant: a pid alone may have been given to another process since.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When the process with this pid began, in the system's own words; undefined when there is none (or only a zombie).
 *
 * @param {number} pid
 * @returns {string | undefined}
 */
export function startOf(pid) {
  if (process.platform === 'linux') {
    let stat;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      return undefined;
    }
    // The name stands in parentheses and may hold anything, so fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

/**
 * @returns {{ pid: number, startedAt: string }} this process
 */
export function thisProcess() {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? '' };
}

/**
 * Whether this very process still runs.
 *
 * @param {{ pid: number, startedAt: string }} identity
 * @returns {boolean}
 */
export function isAlive(identity) {
  return startOf(identity.pid) === identity.startedAt;
}
