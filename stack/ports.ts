import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { z } from 'zod';
import { errorOf } from '../schemas/errors.ts';
import { readJsonFile, writeJsonFile } from '../settings/jsonFile.ts';

/** Below the range from which systems take the ports of outgoing connections, so that a remembered one stays free. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

const portsSchema = z.record(z.string(), z.number());

/** Whether a server on 127.0.0.1 could take this port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A free port for each name: the remembered one when it is still free, else another, with a line that says so. */
export async function choosePorts<Name extends string>(
  file: string,
  names: readonly Name[],
  report: (line: string) => void,
): Promise<Record<Name, number>> {
  const remembered = readJsonFile(file, portsSchema) ?? {};
  const chosen: Record<string, number> = {};
  for (const name of names) {
    const before = remembered[name];
    if (before !== undefined && (await isFree(before))) {
      chosen[name] = before;
      continue;
    }
    const port = await freePort(new Set([...Object.values(remembered), ...Object.values(chosen)]));
    if (before !== undefined) report(`The port ${before} of ${name} is taken by another program; using ${port}.`);
    chosen[name] = port;
  }
  writeJsonFile(file, { ...remembered, ...chosen });
  return chosen as Record<Name, number>;
}

/** A free port that is none of these. */
export async function freePort(except: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!except.has(port) && (await isFree(port))) return port;
  }
  throw errorOf('StackFailed', 'noPort', { lowest: LOWEST, highest: HIGHEST });
}
