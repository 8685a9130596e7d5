import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { reasonOf } from '../postgres/connect.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
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
  let inTransaction = false;
  const send = async (text: string, parameters: readonly unknown[] = []) => {
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
  const query = async (text: string, parameters: readonly unknown[]) => {
    if (begins.test(text)) {
      inTransaction = true;
      return await send(`${text}; ${limits}`);
    }
    if (ends.test(text)) inTransaction = false;
    if (inTransaction || ends.test(text) || reads.test(text)) return await send(text, parameters);
    await send(`begin; ${limits}`);
    try {
      const result = await send(text, parameters);
      await send('commit');
      return result;
    } catch (error) {
      if (!broken) await send('rollback').catch(() => {});
      throw error;
    }
  };
  const release = (destroy?: boolean) => client.release(destroy === true || broken);
  // Kysely's type has cursors too: the ledger streams nothing.
  return { query, release } as unknown as PostgresPoolClient;
}

const begins = /^\s*(?:begin|start transaction)\b/i;
const ends = /^\s*(?:commit|rollback)\s*$/i;
/** What waits for no lock; the client's own limit holds for it. */
const reads = /^\s*(?:select|show)\b/i;
/**
 * A pooler gives the next transaction another session, and refuses these as startup parameters: they belong to each
 * transaction. A statement that changes something alone gets a transaction for it.
 */
const limits = "set local statement_timeout = '60s'; set local idle_in_transaction_session_timeout = '60s'";

function rethrow(error: unknown): never {
  throw ledgerError(error);
}

/** What Postgres or the network said, as an error of the catalogue; anything unknown as it is. */
function ledgerError(error: unknown): unknown {
  if (error instanceof ReignError) return error;
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  if (!(error instanceof DatabaseError)) {
    return errorOf('LedgerUnavailable', 'noAnswer', { reason: reasonOf(error) }, { cause: error });
  }
  const state = error.code ?? '';
  if (state === 'RE001' || state.startsWith('23')) {
    return errorOf('LedgerConflict', 'refused', { reason: error.message }, { cause: error });
  }
  if (state === '42P01' || state === '3F000') {
    return errorOf('LedgerUnavailable', 'notMigrated', { reason: error.message }, { cause: error });
  }
  if (meaningOf(state).ledger) {
    return errorOf('LedgerUnavailable', 'refused', { reason: error.message }, { cause: error });
  }
  return error;
}
