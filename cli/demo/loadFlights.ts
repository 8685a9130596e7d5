import { spawn } from 'node:child_process';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorOf } from '../../schemas/errors.ts';
import { connectionUrl } from '../../settings/connections.ts';
import { processEnvironment } from '../../settings/environment.ts';
import { pythonBin } from '../../settings/home.ts';
import type { Settings } from '../../settings/settings.ts';

const script = join(import.meta.dirname, '../../examples/flights/load_flights.py');
const parquet = join(dirname(findPackageJSON('vega-datasets', import.meta.url) ?? ''), 'data/flights-3m.parquet');

/** Three million flights into the warehouse, unless they are there. */
export async function loadFlights(settings: Settings, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const child = spawn(join(pythonBin, 'python'), [script, '--parquet', parquet], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // The URL holds a password: not on a command line that others can read.
    env: {
      ...processEnvironment(),
      FLIGHTS_URL: connectionUrl({ connections: settings.loadingConnections }, 'warehouse'),
    },
    signal,
  });
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    say(line);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(signal.aborted ? errorOf('Interrupted', 'loadingFlights') : error));
    child.on('close', resolve);
  });
  if (code !== 0) throw errorOf('SourceUnavailable', 'flights', { reason: last });
}
