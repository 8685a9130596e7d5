import type { Ledger } from '../ledger/openLedger.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { errorOf } from '../schemas/errors.ts';

/** @throws ReignError ModelRetired where a definition version is retrained no more */
export async function refuseRetired({ db }: Ledger, model: string, version: number): Promise<void> {
  const retirement = await retirementOf(db, model, version);
  if (retirement === undefined) return;
  const { by, at, reason } = retirement;
  throw errorOf('ModelRetired', 'retired', { model, by, at, reason });
}
