import { EventEmitter } from 'node:events';
import { type Client, type ClientBase, Pool } from 'pg';
import { type ConnectOptions, connect } from './connect.ts';
import { parseConnectionUrl } from './connectionUrl.ts';

export interface PoolOptions extends ConnectOptions {
  /** Connections at most. */
  readonly max: number;
  readonly idleTimeoutMillis: number;
}

/**
 * A pool whose every new connection goes to the first host of the URL that will do.
 *
 * @throws ReignError SettingInvalid where the URL cannot be read
 */
export function openPool(url: string, options: PoolOptions): Pool {
  const { max, idleTimeoutMillis, ...connecting } = options;
  const { hosts, connectTimeout } = parseConnectionUrl(url);
  const everyHost = connectTimeout * 1000 * (hosts.length * 2);
  return new Pool({
    max,
    idleTimeoutMillis,
    // Also how long a caller waits for a connection that another one has.
    connectionTimeoutMillis: everyHost === 0 ? 0 : Math.max(10_000, everyHost),
    Client: clientOf(url, connecting),
  });
}

/** pg's pool makes a client before it connects it; which host that one is for is known only afterwards. */
function clientOf(url: string, options: ConnectOptions): new () => ClientBase {
  class PooledClient extends EventEmitter {
    /** What pg's pool looks at before it keeps a client. */
    _queryable = true;
    _ending = false;
    #client: Client | undefined;

    connect(done: (error: unknown) => void): void {
      connect(url, options).then((client) => {
        this.#client = client;
        client.on('error', (error) => {
          this._queryable = false;
          this.emit('error', error);
        });
        client.on('end', () => this.emit('end'));
        if (this._ending) return client.end().finally(() => done(new Error('the connection came too late')));
        done(null);
      }, done);
    }

    isConnected(): boolean {
      return this.#client !== undefined;
    }

    query(...statement: Parameters<Client['query']>): ReturnType<Client['query']> {
      if (this.#client === undefined) throw new Error('the client is not connected yet');
      return this.#client.query(...statement);
    }

    end(done: () => void = () => {}): void {
      this._ending = true;
      if (this.#client === undefined) done();
      else this.#client.end().then(done, done);
    }
  }
  // The ledger's pool uses `query`, `on` and `release` of it, and pg's pool what stands above.
  return PooledClient as unknown as new () => ClientBase;
}
