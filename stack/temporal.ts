import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Home, pythonBin } from './home.ts';
import type { Part } from './part.ts';
import { withoutPrefix } from './settings.ts';
import { StackError } from './stackError.ts';

export interface TemporalPorts {
  /** gRPC, which clients and workers use. */
  temporal: number;
  temporalHttp: number;
  temporalUi: number;
}

/** Temporal's dev server, its state in a file. */
export function temporalPart(home: Home, ports: TemporalPorts, namespace: string, env: NodeJS.ProcessEnv): Part {
  const folder = join(home.folder, 'temporal');
  return {
    name: 'temporal',
    command: [
      temporalProgram(env),
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1'],
      ...['--port', String(ports.temporal), '--http-port', String(ports.temporalHttp)],
      ...['--ui-port', String(ports.temporalUi), '--db-filename', join(folder, 'temporal.db')],
      ...['--namespace', namespace, '--log-level', 'warn'],
    ],
    // A user's own settings of Temporal are about other servers.
    env: { ...withoutPrefix(env, 'TEMPORAL_') },
    ports: Object.values(ports),
    beforeStart: () => {
      mkdirSync(folder, { recursive: true });
    },
    isHealthy: async () => {
      const url = `http://127.0.0.1:${ports.temporalHttp}/api/v1/namespaces/${encodeURIComponent(namespace)}`;
      return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
    },
  };
}

/** The `temporal` on the PATH, else the one in the project's Python environment. */
function temporalProgram(env: NodeJS.ProcessEnv): string {
  for (const folder of [...(env.PATH ?? '').split(delimiter).filter(Boolean), pythonBin]) {
    const program = join(folder, 'temporal');
    try {
      accessSync(program, constants.X_OK);
      return program;
    } catch {
      // Not here.
    }
  }
  throw new StackError(
    'There is no `temporal` on the PATH or in .reign/python: run `npm run setup`, or set TEMPORAL_ADDRESS.',
  );
}
