import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
  /** Whether the trainer asks, and not the worker. */
  readonly byTrainer: boolean;
}

/** The connection is cut, or an answer is given in the server's stead. */
export type Fault = 'cut' | { readonly status: number; readonly body: object };

/** Stands in front of a server and passes everything on, but for the faults. */
export class FaultyProxy {
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  readonly #prefix: string;
  #target = '';
  /** Asked before every request. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;

  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** @param prefix of the path that it is asked below; only a server that lies below the same one hears of it */
  static async start(prefix = ''): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(prefix);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#prefix}`;
  }

  standBefore(target: string): void {
    this.#target = target;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = request;
    const content = await buffer(request);
    const byTrainer = /mlflow-python/.test(headers['user-agent'] ?? '');
    const fault = this.fault({ method, path, body: content.toString('utf8'), byTrainer });
    if (fault === 'cut') {
      request.socket.destroy();
    } else if (fault !== undefined) {
      response
        .writeHead(fault.status, { 'content-type': 'application/json', connection: 'close' })
        .end(JSON.stringify(fault.body));
    } else {
      // One connection a request, on both sides: one that is kept may just be closing when the next request comes.
      const isBelow = new URL(this.#target).pathname === this.#prefix;
      const passed = send(new URL(isBelow ? path : path.slice(this.#prefix.length), this.#target), {
        method,
        headers: { ...headers, connection: 'close' },
        agent: false,
      });
      const [answer] = (await once(passed.end(content), 'response')) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' });
      answer.pipe(response);
    }
  }
}
