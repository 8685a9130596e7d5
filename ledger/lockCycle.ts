import type { Selectable, Transaction } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import type { Database } from './database.ts';

/** In whose name something is written: refused as soon as another attempt of the cycle has begun. */
export interface Attempt {
  /** The cycle's. */
  readonly id: string;
  readonly attempt: number;
}

/**
 * Reads a cycle and keeps everyone else from changing it until the transaction ends. An attempt that was replaced is the
 * error LedgerConflict: an activity of a terminated workflow may come late.
 */
export async function lockCycle(
  db: Transaction<Database>,
  { id, attempt }: { readonly id: string; readonly attempt?: number | undefined },
): Promise<Selectable<Database['cycles']>> {
  const row = await db.selectFrom('cycles').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  if (row === undefined) throw errorOf('CycleUnknown', 'none', { cycle: id });
  if (attempt !== undefined && attempt !== row.attempt) {
    throw errorOf('LedgerConflict', 'attemptReplaced', { cycle: id, attempt, newer: row.attempt });
  }
  return row;
}
