import type { Selectable, Transaction } from 'kysely';
import { ReignError } from '../schemas/errors.ts';
import type { Database } from './database.ts';

/** Reads a cycle and keeps everyone else from changing it until the transaction ends. */
export async function lockCycle(db: Transaction<Database>, id: string): Promise<Selectable<Database['cycles']>> {
  const row = await db.selectFrom('cycles').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  if (row === undefined) throw new ReignError('CycleUnknown', `There is no cycle ${id}`);
  return row;
}
