import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { errorOf } from '../schemas/errors.ts';
import { withoutPrefix } from '../settings/environment.ts';
import { type Home, pythonBin } from '../settings/home.ts';
import type { Part } from './part.ts';

export interface TemporalPorts {
  /** gRPC, which clients and workers use. */
  temporal: number;
  temporalHttp: number;
}

/** Where the pages are served; people reach them through the host guard. */
export interface PageServer {
  host: string;
  port: number;
}

/** Temporal's dev server, its state in a file. */
export function temporalPart(
  home: Home,
  ports: TemporalPorts,
  pages: PageServer,
  namespace: string,
  env: NodeJS.ProcessEnv,
): Part {
  const folder = join(home.folder, 'temporal');
  return {
    name: 'temporal',
    command: [
      temporalProgram(env),
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', pages.host],
      ...['--port', String(ports.temporal), '--http-port', String(ports.temporalHttp)],
      ...['--ui-port', String(pages.port), '--db-filename', join(folder, 'temporal.db')],
      ...['--namespace', namespace, '--log-level', 'warn'],
      // Its HTTP API cannot be switched off. Nobody needs it, and a page in a browser could start workflows with it: it answers
      // only those who ask for a host that does not exist.
      ...['--dynamic-config-value', 'frontend.httpAllowedHosts=["nobody.invalid"]'],
    ],
    // A user's own settings of Temporal are about other servers.
    env: { ...withoutPrefix(env, 'TEMPORAL_') },
    ports: [ports.temporal, ports.temporalHttp, pages.port],
    beforeStart: () => {
      mkdirSync(folder, { recursive: true });
    },
    isHealthy: async () => {
      const address = `127.0.0.1:${ports.temporal}`;
      const connection = await Connection.connect({ address, connectTimeout: 2000 });
      try {
        await connection.withDeadline(Date.now() + 2000, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return true;
      } finally {
        await connection.close();
      }
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
  throw errorOf('StackFailed', 'noTemporal');
}
