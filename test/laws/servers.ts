import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readJsonFile } from '../../stack/jsonFile.ts';
import { placeSchema } from '../../stack/postgresPlace.ts';
import type { Settings } from '../../stack/settings.ts';
import { type Stack, startStack } from '../../stack/stack.ts';
import { defaultWorkers } from '../../stack/workers.ts';

export const loansFolder = join(import.meta.dirname, 'loans');

/**
 * The embedded servers in a fresh home, with the named workers; the rest the test brings itself.
 *
 * @param environment for the workers, over what the stack gives them
 */
export async function startServers(
  workers: string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const home = mkdtempSync(join(tmpdir(), 'reign-laws-'));
  chmodSync(home, 0o755);
  const stack = await startStack({
    env: { PATH: process.env.PATH, HOME: process.env.HOME, REIGN_HOME: home },
    workers: defaultWorkers
      .filter(({ name }) => workers.includes(name))
      .map((program) => ({ ...program, env: { ...program.env, ...environment } })),
    report: () => {},
  });
  return {
    ...stack,
    async stop(options) {
      await stack.stop(options);
      const place = readJsonFile(join(home, 'postgres.json'), placeSchema);
      for (const path of [home, place?.elsewhere?.folder]) if (path) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** The example's loans, into the warehouse. */
export async function loadLoans(settings: Settings): Promise<void> {
  const client = new Client({ connectionString: settings.connections.warehouse });
  await client.connect();
  try {
    await client.query(readFileSync(join(loansFolder, 'loans.sql'), 'utf8'));
  } finally {
    await client.end();
  }
}
