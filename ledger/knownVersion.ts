import type { Kysely } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import type { Database } from './database.ts';

/**
 * The id of the version of a model that somebody names by its number, and the cycle that fitted it.
 *
 * @throws ReignError VersionUnknown
 */
export async function knownVersion(
  db: Kysely<Database>,
  model: string,
  version: number,
): Promise<{ readonly id: string; readonly cycle: string | null }> {
  const row = await db
    .selectFrom('versions')
    .select(['id', 'cycle'])
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw errorOf('VersionUnknown', 'notOfModel', { model, version });
}
