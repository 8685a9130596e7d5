import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withoutPrefix } from '../settings/environment.ts';
import { type Home, projectFolder, pythonBin } from '../settings/home.ts';
import type { Part } from './part.ts';

/** The MLflow server: tracking, registry, artifacts and pages, in one process. */
export function mlflowPart(home: Home, port: number, env: NodeJS.ProcessEnv): Part {
  const folder = join(home.folder, 'mlflow');
  return {
    name: 'mlflow',
    command: [
      join(pythonBin, 'python'),
      join(projectFolder, 'stack', 'mlflow_server.py'),
      ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
      ...['--artifacts-destination', join(folder, 'artifacts')],
    ],
    cwd: folder,
    env: {
      // A user's own settings of MLflow are about other servers.
      ...withoutPrefix(env, 'MLFLOW_'),
      ...withoutPrefix(env, '_MLFLOW_'),
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
      PYTHONUNBUFFERED: '1',
      PYTHONPATH: undefined,
    },
    ports: [port],
    beforeStart: () => {
      mkdirSync(join(folder, 'artifacts'), { recursive: true });
    },
    isHealthy: async () => (await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2000) })).ok,
  };
}
