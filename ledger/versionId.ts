import type { Kysely } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import type { Database } from './database.ts';

/**
 * The id of a registered version.
 *
 * @throws ReignError LedgerConflict where the ledger knows none of that number
 */
export async function versionId(db: Kysely<Database>, model: string, version: number): Promise<string> {
  const row = await db
    .selectFrom('versions')
    .select('id')
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row !== undefined) return row.id;
  throw errorOf('LedgerConflict', 'versionUnknown', { version, model });
}
