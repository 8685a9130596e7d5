import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { nextInTurn } from '../ledger/turns.ts';

/**
 * Tells the cycle that is next in its lineage to look whether its turn has come. It looks by itself now and then: a signal
 * that does not arrive costs time, and nothing else.
 */
export async function tellNextInTurn(
  client: Client,
  db: Kysely<Database>,
  line: { readonly model: string; readonly lineage: string },
): Promise<void> {
  const next = await nextInTurn(db, line);
  if (next === undefined) return;
  await client.workflow
    .getHandle(next)
    .signal('turn')
    .catch(() => {});
}
