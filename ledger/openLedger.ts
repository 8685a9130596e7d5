import { Kysely } from 'kysely';
import { types } from 'pg';
import { openPool } from '../postgres/openPool.ts';
import type { Database } from './database.ts';
import { LedgerDialect } from './ledgerDialect.ts';
import { LedgerPool } from './ledgerPool.ts';

export interface Ledger {
  readonly db: Kysely<Database>;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Connections a process holds at most. Every query is short; the ledger is never a queue. */
const connections = 5;

/**
 * The ledger at a Postgres URL. Connects on first use; a Postgres that does not answer is the error LedgerUnavailable
 * of the call that met it.
 *
 * ```ts
 * const ledger = openLedger(url);
 * await migrate(ledger.db);
 * const champion = await currentChampion(ledger.db, 'flight-delay', 'live');
 * await ledger.close();
 * ```
 */
export function openLedger(url: string): Ledger {
  const pool = openPool(url, {
    applicationName: 'reign',
    max: connections,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // The server's own limit comes first (ledgerPool.ts); this one is for a server that does not answer at all.
    queryTimeout: 90_000,
    types: { getTypeParser },
  });
  // An idle connection that the server ends is replaced at the next use; unheard, the event would end the process.
  pool.on('error', () => {});
  const db = new Kysely<Database>({ dialect: new LedgerDialect({ pool: new LedgerPool(pool) }) });
  return { db: db.withSchema('reign'), close: () => db.destroy() };
}

const { INT8, TIMESTAMPTZ } = types.builtins;
const parseTimestamp = types.getTypeParser(TIMESTAMPTZ);

function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === TIMESTAMPTZ) return (text: string) => parseTimestamp(text).toISOString();
  // Row counts and event numbers: far below 2^53.
  if (oid === INT8) return Number;
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text');
}
