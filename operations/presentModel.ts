import { deletionOf } from '../ledger/deletions.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import { errorOf } from '../schemas/errors.ts';
import { knownModel } from './knownModel.ts';

/**
 * The newest definition of a model that was not deleted.
 *
 * @throws ReignError ModelUnknown
 */
export async function presentModel(ledger: Ledger, model: string) {
  const latest = await knownModel(ledger, model);
  const deletion = await deletionOf(ledger.db, model, latest.version);
  if (deletion === undefined) return latest;
  const { by, at, reason } = deletion;
  throw errorOf('ModelUnknown', 'deleted', { model, by, at, reason });
}
