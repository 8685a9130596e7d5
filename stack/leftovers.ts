import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { processIdentitySchema } from '../settings/addresses.ts';
import type { Home } from '../settings/home.ts';
import { readJsonFile, writeJsonFile } from '../settings/jsonFile.ts';
import { isAlive, type ProcessIdentity } from '../setup/processIdentity.mjs';

/** The environment variable by which the processes of a stack are known, also when their keeper is gone. */
export const KEPT = 'REIGN_KEPT';

/** Longer than any part's grace. */
const LONGEST_STOP = 40_000;

/** The marker of one part: the home comes first, so that a whole stack can be found too. */
export function markerOf(home: Home, part: string): string {
  return `${home.folder}:${part};`;
}

/** Notes the keepers that run now, for a stack that starts after this process was killed. */
export function noteKeepers(home: Home, keepers: readonly ProcessIdentity[]): void {
  writeJsonFile(home.keepersFile, keepers);
}

/** Waits until the keepers of a stack that was killed have ended their parts, and kills what nobody keeps any more. */
export async function clearLeftovers(home: Home, report: (line: string) => void): Promise<void> {
  const keepers = readJsonFile(home.keepersFile, z.array(processIdentitySchema)) ?? [];
  const deadline = Date.now() + LONGEST_STOP;
  if (keepers.some(isAlive)) report('Waiting for the parts of the stack that ran before to end.');
  while (keepers.some(isAlive) && Date.now() < deadline) await sleep(50);
  endMarked(`${home.folder}:`);
  rmSync(home.keepersFile, { force: true });
}

/** Kills every process whose marker starts with this (Linux; elsewhere the keepers have to be relied on). */
export function endMarked(prefix: string): void {
  if (process.platform !== 'linux') return;
  const wanted = `${KEPT}=${prefix}`;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0');
      if (environment.some((variable) => variable.startsWith(wanted))) process.kill(Number(entry), 'SIGKILL');
    } catch {
      // Gone already, or another user's.
    }
  }
}
