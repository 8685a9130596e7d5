import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stringify } from 'yaml';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly port: number;
  /** What it was sent, in order. */
  readonly received: Received[];
}

/** Answers every request with 204, or as `answer` does; `answer` may leave it unanswered. */
export async function withReceiver(
  answer: (response: ServerResponse, nth: number) => void = (response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const nth = received.push({ headers: request.headers, body: await text(request) });
    answer(response, nth);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** An operator's file of endpoints, as the environment names it; `NOTIFY_SECRET` holds the secret. Gone at the end of the block. */
export function withEndpoints(endpoints: Record<string, object>): { env: Record<string, string> } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'reign-notify-'));
  const file = join(folder, 'notifications.yaml');
  writeFileSync(file, stringify({ endpoints }));
  return {
    env: { REIGN_HOME: folder, REIGN_NOTIFICATIONS: file, NOTIFY_SECRET: secret },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** An endpoint on this machine, which its operator allows. */
export const here = (port: number) => ({
  url: `http://127.0.0.1:${port}/hook?token=private`,
  secret: { env: 'NOTIFY_SECRET' },
  allow: ['127.0.0.0/8'],
});
