import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readJsonFile } from '../../settings/jsonFile.ts';
import type { Settings } from '../../settings/settings.ts';
import { placeSchema } from '../../stack/postgresPlace.ts';
import { type Stack, startStack } from '../../stack/stack.ts';
import { defaultWorkers } from '../../stack/workers.ts';
import { shareCache } from '../stack/testHome.ts';
import { storeSettings } from '../storePlace.ts';

export const loansFolder = join(import.meta.dirname, 'loans');

/** What differs from the embedded servers as they are. */
interface ServersOptions {
  /** For the workers, over what the stack gives them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Fills the home before anything starts, and names servers of the test's own. */
  readonly prepare?: (home: string) => Promise<Readonly<Record<string, string>>>;
}

/** The embedded servers in a fresh home, with the named workers; the rest the test brings itself. */
export async function startServers(
  workers: string[],
  { environment = {}, prepare }: ServersOptions = {},
): Promise<Stack> {
  const home = mkdtempSync(join(tmpdir(), 'reign-laws-'));
  chmodSync(home, 0o755);
  shareCache(home);
  const servers = await prepare?.(home);
  const stack = await startStack({
    env: { PATH: process.env.PATH, HOME: process.env.HOME, REIGN_HOME: home, ...storeSettings(home), ...servers },
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
  const client = new Client({ connectionString: settings.loadingConnections.warehouse });
  await client.connect();
  try {
    await client.query(readFileSync(join(loansFolder, 'loans.sql'), 'utf8'));
  } finally {
    await client.end();
  }
}
