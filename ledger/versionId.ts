import type { Kysely } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import type { Database } from './database.ts';

/**
 * The id of a version that is named by its number in the registry, or by the cycle that fitted it where it has no number.
 *
 * @throws ReignError LedgerConflict where the ledger knows none of that number
 */
export async function versionId(
  db: Kysely<Database>,
  model: string,
  { version, cycle }: { readonly version: number | null; readonly cycle: string },
): Promise<string> {
  if (version === null) return cycle;
  const row = await db
    .selectFrom('versions')
    .select('id')
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row !== undefined) return row.id;
  throw errorOf('LedgerConflict', 'versionUnknown', { version, model });
}

/** The same of a champion; null where nobody reigned. */
export async function championId(
  db: Kysely<Database>,
  model: string,
  { version, cycle }: { readonly version: number | null; readonly cycle: string | null },
): Promise<string | null> {
  if (version === null) return cycle;
  return await versionId(db, model, { version, cycle: cycle ?? '' });
}
