import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { processIdentitySchema } from '../settings/addresses.ts';
import { readJsonFile, writeJsonFile } from '../settings/jsonFile.ts';
import { isAlive, thisProcess } from '../setup/processIdentity.mjs';

const leaseSchema = processIdentitySchema.extend({ program: z.string() });

/** A process that uses a stack which another one owns. */
export type StackLease = z.infer<typeof leaseSchema>;

/** Registers this process as a user of the stack; the answer ends that. */
export function takeLease(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}.json`);
  const program = basename(process.argv[1] ?? process.execPath);
  writeJsonFile(file, { ...thisProcess(), program } satisfies StackLease);
  return () => rmSync(file, { force: true });
}

/** Those who use the stack now. What dead ones left is removed. */
export function liveLeases(folder: string): StackLease[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const live: StackLease[] = [];
  for (const name of names.filter((candidate) => candidate.endsWith('.json'))) {
    const lease = readJsonFile(join(folder, name), leaseSchema);
    if (lease !== undefined && isAlive(lease)) live.push(lease);
    else rmSync(join(folder, name), { force: true });
  }
  return live;
}
