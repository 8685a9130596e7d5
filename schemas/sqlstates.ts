/**
 * What Postgres says when it is not the statement's fault. The longest listed beginning of an SQLSTATE counts; what is not
 * listed does not pass. The trainer's table is generated from this one.
 */
interface Meaning {
  /** Of the ledger, whose statements are Reign's own: the same statement may work later. */
  readonly ledger: boolean;
  /** Of a warehouse, whose query is the author's: another attempt may work. */
  readonly source: boolean;
  /** The session is over, or its server no longer the one that writes: its connection is not used again. */
  readonly sessionOver?: boolean;
}

export const sqlstates: Readonly<Record<string, Meaning>> = {
  // Connection.
  '08': { ledger: true, source: true, sessionOver: true },
  // Read-only: the server became a standby. A warehouse is read in such a transaction: there a query wants to write.
  '25006': { ledger: true, source: false, sessionOver: true },
  // The session was ended because its transaction idled.
  '25P03': { ledger: true, source: true, sessionOver: true },
  // Login, and a database that is not there: an operator fixes them.
  '28': { ledger: true, source: true },
  '3D': { ledger: true, source: true },
  // Serialization, deadlock, a standby that took the snapshot away.
  '40': { ledger: true, source: true },
  // Rights: the ledger's are the operator's to give, a query's belong to whoever wrote it.
  '42501': { ledger: true, source: false },
  // Disk, memory, connections.
  '53': { ledger: true, source: true },
  // A configured limit, such as temp_file_limit: the same heavy query meets it again.
  '53400': { ledger: true, source: false },
  // Locks.
  '55': { ledger: true, source: false },
  '55P03': { ledger: true, source: true },
  // Somebody cancelled it; shutdown, crash, start and failover.
  '57': { ledger: true, source: true },
  '57P': { ledger: true, source: true, sessionOver: true },
  // Input and output of the server.
  '58': { ledger: true, source: true },
};

/** What a state means, by the longest listed beginning. */
export function meaningOf(state: string): Meaning {
  for (let length = state.length; length > 0; length--) {
    const meaning = sqlstates[state.slice(0, length)];
    if (meaning !== undefined) return meaning;
  }
  return { ledger: false, source: false };
}
