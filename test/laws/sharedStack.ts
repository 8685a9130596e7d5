import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Stack } from '../../stack/stack.ts';
import { FaultyProxy } from './badInput/faultyProxy.ts';

const variable = 'REIGN_TEST_STACK';

/** What the workers know of MLflow besides its address. A server that asks for no login takes no notice. */
export const login = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: 'a long password 1' };
/** Where they look for it below its address. */
export const prefix = '/ml';

/** For how long the stack waits for the next file. Idle servers cost a tenth of a core. */
const patience = 1;

/**
 * Vitest's global set-up: one embedded stack for all files that ask for it. It is started for the first of them, and ends
 * when nobody has asked for a while. A file has its turn as long as it keeps the answer open, so that a process that dies
 * ends its turn, too.
 */
export default async function setup(): Promise<() => Promise<void>> {
  // What the workers take for MLflow: a file may put a server of its own in between.
  const tracker = await FaultyProxy.start(prefix);
  let starting: Promise<Stack> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let end: NodeJS.Timeout | undefined;
  const stop = async () => {
    const started = starting;
    starting = undefined;
    await (await started?.catch(() => undefined))?.stop({ now: true });
  };
  const server = createServer((request, response) => {
    const before = turn;
    clearTimeout(end);
    waiting += 1;
    turn = once(response, 'close').then(() => {
      waiting -= 1;
      if (waiting === 0) end = setTimeout(() => (turn = stop()), patience).unref();
    });
    const give = async () => {
      await before;
      if (response.destroyed) return;
      starting ??= start(tracker.url);
      const { settings } = await starting;
      const between = new URL(request.url ?? '/', 'http://localhost').searchParams.get('tracker');
      tracker.standBefore(between ?? settings.trackerUri);
      response.once('close', () => tracker.standBefore(settings.trackerUri));
      response.write(`${settings.home}\n`);
    };
    give().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  process.env[variable] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    server.close().closeAllConnections();
    clearTimeout(end);
    await turn.catch(() => undefined);
    await stop();
    await tracker.stop();
  };
}

async function start(trackerUri: string): Promise<Stack> {
  const { loadLoans, startServers } = await import('./servers.ts');
  const stack = await startServers(['worker', 'trainer'], {
    // Whoever tests reconciling asks for it.
    environment: { MLFLOW_TRACKING_URI: trackerUri, REIGN_RECONCILE_EVERY: '86400', ...login },
  });
  await loadLoans(stack.settings);
  return stack;
}

export interface Turn {
  /** The stack's. */
  readonly home: string;
  end(): void;
}

/**
 * Waits until no other file uses the run's stack.
 *
 * @param tracker what the workers ask in MLflow's stead during the turn
 */
export async function takeTurn(tracker?: string): Promise<Turn> {
  const address = process.env[variable];
  if (address === undefined) throw new Error("the run's stack is missing: add sharedStack.ts to Vitest's globalSetup");
  const asked = get(`${address}/${tracker === undefined ? '' : `?tracker=${encodeURIComponent(tracker)}`}`);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const [home] = (await once(createInterface({ input: answer }), 'line')) as [string];
  if (answer.statusCode !== 200) throw new Error(`the run's stack does not start: ${home}`);
  return { home, end: () => void answer.destroy() };
}
