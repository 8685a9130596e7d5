import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { ReignError } from '../schemas/errors.ts';
import { meaningOf } from '../schemas/sqlstates.ts';

/** A pool whose errors are those of the catalogue: no answer is LedgerUnavailable, a broken law is LedgerConflict. */
export class LedgerPool implements PostgresPool {
  readonly options: object;
  readonly #pool: Pool;
  readonly #clients = new WeakMap<PoolClient, PostgresPoolClient>();

  constructor(pool: Pool) {
    this.#pool = pool;
    this.options = pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#pool.connect().catch(rethrow);
    const known = this.#clients.get(client) ?? translated(client);
    this.#clients.set(client, known);
    return known;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** One object for one client for ever: Kysely remembers connections by it. */
function translated(client: PoolClient): PostgresPoolClient {
  let broken = false;
  client.on('error', () => {
    broken = true;
  });
  const query = async (text: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      // Whether it was carried out is unknown, and what the session holds too: it is not used again.
      // After a FATAL the server ends the session, before or after the client notices.
      if (!(error instanceof DatabaseError) || error.severity === 'FATAL' || meaningOf(error.code ?? '').sessionOver)
        broken = true;
      throw ledgerError(error);
    }
  };
  const release = (destroy?: boolean) => client.release(destroy === true || broken);
  // Kysely's type has cursors too: the ledger streams nothing.
  return { query, release } as unknown as PostgresPoolClient;
}

function rethrow(error: unknown): never {
  throw ledgerError(error);
}

/** What Postgres or the network said, as an error of the catalogue; anything unknown as it is. */
function ledgerError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  if (!(error instanceof DatabaseError)) {
    return new ReignError('LedgerUnavailable', `The ledger does not answer: ${said(error)}`, { cause: error });
  }
  const state = error.code ?? '';
  if (state === 'RE001' || state.startsWith('23')) {
    return new ReignError('LedgerConflict', `The ledger refuses: ${error.message}`, { cause: error });
  }
  if (state === '42P01' || state === '3F000') {
    const message = `The ledger's tables are missing: its migrations have not run (${error.message})`;
    return new ReignError('LedgerUnavailable', message, { cause: error });
  }
  if (meaningOf(state).ledger) {
    return new ReignError('LedgerUnavailable', `The ledger's Postgres refuses: ${error.message}`, { cause: error });
  }
  return error;
}

/** A connection refused has one error for each address and no message of its own. */
function said(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((one: unknown) => String(one)).join('; ');
  return error.message;
}
